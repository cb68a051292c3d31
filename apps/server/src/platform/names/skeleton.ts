import table from "./confusables.json" with { type: "json" };

/** The version of Unicode whose confusables are kept here. */
export const confusablesUnicode: string = table.unicode;

const prototypes = readTable(table.lookAlikes);

function readTable(lookAlikes: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const read = (codes: string) => codes.split(" ").map((code) => String.fromCodePoint(Number.parseInt(code, 16)));
  const entries = Object.entries(lookAlikes).flatMap(([prototype, codes]) => {
    const shape = read(prototype).join("");
    return read(codes).map((character) => [character, shape] as const);
  });
  return new Map(entries);
}

/**
 * The skeleton of a text (UTS 39, section 4): equal for texts that look alike. Syllables of Hangul stand for themselves: taken
 * apart, "국가" and "구까" would count as the same.
 */
export function skeletonOf(text: string): string {
  const shown = text
    .normalize("NFC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .normalize("NFC");
  return shown.replace(/[^\uAC00-\uD7A3]+/gu, reduce).normalize("NFC");
}

/** The skeleton with Hangul taken apart, so that 운영자 and ㅇㅜㄴㅇㅕㅇㅈㅏ are the same. */
export function fineSkeletonOf(text: string): string {
  return reduce(text.replace(/\p{Default_Ignorable_Code_Point}/gu, ""));
}

function reduce(text: string): string {
  let shape = "";
  for (const character of text.normalize("NFD")) shape += prototypes.get(character) ?? character;
  return shape.normalize("NFD");
}
