/**
 * Whether a text may be stored: no NUL (Postgres refuses it) and no lone surrogate (it has no UTF-8 form).
 * Checked at the door, because one such row would make the database refuse its whole batch.
 */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes("\u0000");
}

/** The text without what can never be stored: lone halves of surrogate pairs and NUL. What a person sees stays. */
export function dropUnstorable(text: string): string {
  return isStorableText(text) ? text : text.replace(/[\p{Cs}\0]/gu, "");
}

/** What shows as nothing: spaces, controls, default-ignorable and unassigned code points, and four blank symbols. */
const visible = /[^\s\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Cn}\u2800\u{13441}\u{13442}\u{1D159}]/u;

/** Whether a person would see nothing at all of a text. */
export function isBlankText(text: string): boolean {
  return !visible.test(text);
}

/** Counts what a person would call characters closely enough for limits: Unicode code points. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Why a password cannot be used, or null: 10 to 128 characters, storable, not one character repeated. */
export function findPasswordFault(password: string): "length" | "simple" | "characters" | null {
  const count = countCharacters(password);
  if (count < 10 || count > 128) return "length";
  if (!isStorableText(password)) return "characters";
  if (new Set(password).size < 4) return "simple";
  return null;
}
