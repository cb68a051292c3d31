/** The version of how content beside the text is written; a kind that changes its meaning takes another name instead. */
export const messageExtraVersion = 1;

/** Measures what a message carries beside its text as limits do: the bytes of its JSON. */
export function countExtraBytes(extra: object): number {
  return new TextEncoder().encode(JSON.stringify(extra)).length;
}
