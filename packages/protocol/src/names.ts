import { countCharacters, isStorableText } from "./text.ts";

/** What a name is for: people, places and labels all keep the same rules for characters; only length and marks differ. */
export type NameKind = "nickname" | "device" | "passkey" | "provider" | "room" | "tag";

/** Why a name cannot be used. */
export type NameFault = "length" | "characters" | "marks";

type NameRule = { readonly min: number; readonly max: number; readonly isPlain: boolean };

/** `isPlain` names stand in addresses and mentions, so they hold none of the characters that mean something there. */
const rules: Readonly<Record<NameKind, NameRule>> = {
  nickname: { min: 2, max: 20, isPlain: true },
  device: { min: 0, max: 100, isPlain: false },
  passkey: { min: 0, max: 100, isPlain: false },
  provider: { min: 1, max: 40, isPlain: false },
  room: { min: 1, max: 50, isPlain: false },
  tag: { min: 1, max: 30, isPlain: true },
};

/** An emoji with what belongs to it: a flag, a keycap, a flag of a region in tags, or pictures joined into one. */
const emoji =
  /\p{RI}{2}|[0-9#*]\uFE0F?\u20E3|\u{1F3F4}(?:\u{E0067}\u{E0062}(?:\u{E0065}\u{E006E}\u{E0067}|\u{E0073}\u{E0063}\u{E0074}|\u{E0077}\u{E006C}\u{E0073})\u{E007F})|(?!\p{Cn})\p{Extended_Pictographic}[\uFE0E\uFE0F]?\p{EMod}?(?:\u200D(?!\p{Cn})\p{Extended_Pictographic}\uFE0F?\p{EMod}?)*/gu;

/** What shows as nothing, or as whatever a font makes of it. */
const unseen =
  /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u2800\u{13441}\u{13442}\u{1D159}]/u;

/**
 * Combining marks that no writing needs in a name: more than two over one letter, five in a row with spacing ones, any on
 * Hangul or on what is no letter, and those that enclose.
 */
const heapedMarks =
  /[\p{Mn}\p{Me}]\p{Mc}*[\p{Mn}\p{Me}]\p{Mc}*[\p{Mn}\p{Me}]|\p{M}{5}|\p{Script=Hangul}\p{M}|(?<![\p{L}\p{M}])\p{M}|\p{Me}/u;

/** The name as shown: NFC, outer space removed, inner runs of space made one. */
export function normalizeName(name: string): string {
  return name.normalize("NFC").trim().replace(/\s+/gu, " ");
}

/**
 * Why a name cannot be used, or null. Every name that people see is judged here. Emoji may hold the selectors and joiners
 * that they are made with; anywhere else what is invisible is refused, or two names could look the same.
 */
export function findNameFault(name: string, kind: NameKind): NameFault | null {
  const { min, max, isPlain } = rules[kind];
  const normal = normalizeName(name);
  const count = countCharacters(normal);
  if (count < min || count > max) return "length";
  // A symbol in place of each emoji, so that what follows is judged as following one.
  const rest = normal.replace(emoji, "☺");
  if (!isStorableText(normal) || unseen.test(rest) || (isPlain && /[@#:/\\<>"'`]/.test(rest))) return "characters";
  return heapedMarks.test(rest) ? "marks" : null;
}

/** Why a nickname cannot be used, or null. The server also refuses reserved ones and those that look like a taken one. */
export function findNicknameFault(nickname: string): NameFault | null {
  return findNameFault(nickname, "nickname");
}
