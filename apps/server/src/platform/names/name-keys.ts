import { normalizeName } from "@maru/protocol";
import { skeletonOf } from "./skeleton.ts";

/**
 * The keys under which a name is held: two names that share one cannot be told apart by eye, or differ in case alone. Both
 * are needed: "paypaI" looks like "paypal" as it is written, and "ВАСЯ" is "Вася" although only its capitals look Latin.
 */
export function nameKeysOf(name: string): readonly string[] {
  const bare = removeUnseen(name);
  const asSpoken = skeletonOf(foldCase(bare.normalize("NFKC")));
  const asSeen = skeletonOf(foldCase(skeletonOf(bare)));
  return [...new Set([asSpoken, asSeen])].sort();
}

/** Whether two names count as the same. */
export function isSameName(one: string, other: string): boolean {
  const keys = nameKeysOf(other);
  return nameKeysOf(one).some((key) => keys.includes(key));
}

/** The name without spaces and what shows as nothing. */
export function removeUnseen(name: string): string {
  return normalizeName(name)
    .replace(/[\s\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}]/gu, "")
    .normalize("NFC");
}

/** Capitals in the size of small letters, and letters in squares and circles: one more case, which Unicode calls letters of their own. */
const smallCapitals = new Map(
  [..."ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡxʏᴢ"].map((letter, at) => [letter, String.fromCharCode(0x61 + at)]),
);
const [circled, squared, regional] = [0x1f150, 0x1f170, 0x1f1e6];

/** The name without its case, by way of capitals, so that ß is ss and both small sigmas are one. */
export function foldCase(text: string): string {
  const letters = text.replace(
    /[ᴀ-ᴢʀʏʙɢʜɪɴʟꜰꜱꞯ]|[\u{1F150}-\u{1F169}\u{1F170}-\u{1F189}\u{1F1E6}-\u{1F1FF}]/gu,
    toLetter,
  );
  return letters.toUpperCase().toLowerCase().replaceAll("ς", "σ");
}

function toLetter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const first = [regional, squared, circled].find((start) => code >= start);
  return first === undefined ? (smallCapitals.get(character) ?? character) : String.fromCharCode(0x61 + code - first);
}
