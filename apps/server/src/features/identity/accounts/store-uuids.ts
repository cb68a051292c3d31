/** The 32 digits of an id as Postgres prints it. */
export function fromUuid(uuid: string): string {
  return uuid.replaceAll("-", "");
}

/** Ids as one parameter; cast it with `::text::uuid[]`. */
export function toUuidArray(ids: readonly string[]): string {
  return `{${ids.join(",")}}`;
}
