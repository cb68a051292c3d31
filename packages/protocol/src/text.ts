/**
 * Says whether a text may be stored: no NUL (Postgres refuses it) and no lone surrogate (it has no UTF-8 form).
 * Checked at the door, because one such row would make the database refuse its whole batch.
 */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes("\u0000");
}

/** Counts what a person would call characters closely enough for limits: Unicode code points. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

const invisible = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0\u2800]/u;

/** The nickname as shown: NFC, outer space removed, inner runs of space made one. */
export function normalizeNickname(nickname: string): string {
  return nickname.normalize("NFC").trim().replace(/\s+/gu, " ");
}

/** The form in which two nicknames count as the same: compatibility form, no case, no space. */
export function nicknameKey(nickname: string): string {
  return nickname.normalize("NFKC").toLowerCase().replace(/\s+/gu, "");
}

/** Why a nickname cannot be used, or null: 2 to 20 characters, nothing invisible, no direction marks, none of `@#:/<>`. */
export function findNicknameFault(nickname: string): "length" | "characters" | null {
  const normal = normalizeNickname(nickname);
  const count = countCharacters(normal);
  if (count < 2 || count > 20) return "length";
  if (!isStorableText(normal) || invisible.test(normal) || /[@#:/\\<>"'`]/.test(normal)) return "characters";
  return null;
}

/** Why a password cannot be used, or null: 10 to 128 characters, storable, not one character repeated. */
export function findPasswordFault(password: string): "length" | "simple" | "characters" | null {
  const count = countCharacters(password);
  if (count < 10 || count > 128) return "length";
  if (!isStorableText(password)) return "characters";
  if (new Set(password).size < 4) return "simple";
  return null;
}
