import { expect, test } from "bun:test";
import { findNameFault, findNicknameFault, normalizeName } from "./names.ts";

test.each([
  ...["봄이", "운동하는 사람", "José", "Nguyễn Phở", "Ελένη", "Настя", "ทดสอบน้ำ", "العربية", "さくらんぼ", "李小龙"],
  ...["❤️봄", "👨‍👩‍👧‍👦", "🇰🇷가람", "🏴󠁧󠁢󠁥󠁮󠁧󠁿런던", "1️⃣번", "👍🏽굿", "👁️‍🗨️ab", "☺︎웃음", "a\u0301\u0302\u0303b", "क्षमा"],
])("a nickname may be %s", (name) => expect(findNicknameFault(name)).toBeNull());

test.each([
  ["가", "length"],
  ["가".repeat(21), "length"],
  ["   ", "length"],
  ["운영자\uFE0F", "characters"],
  ["운영\u034F자", "characters"],
  ["운영자\u{E0100}", "characters"],
  ["운영자\u17B4", "characters"],
  ["운\u200D영자", "characters"],
  ["\u{1F3F4}\u{E0061}\u{E007F}깃발", "characters"],
  ["\u202E자영운", "characters"],
  ["봄\u2800이", "characters"],
  ["봄\ud800", "characters"],
  ["봄@집", "characters"],
  ["가\u0323나", "marks"],
  ["가\u302E나", "marks"],
  ["❤️\u0323봄", "marks"],
  ["\u0301봄이", "marks"],
  ["1\u0338봄", "marks"],
  [`q${"\u0307".repeat(3)}b`, "marks"],
  [`a${"\u0301".repeat(17)}b`, "marks"],
] as const)("%p is refused: %s", (name, fault) => expect(findNicknameFault(name)).toBe(fault));

test("names of places and devices may hold marks of speech, and nothing that is invisible either", () => {
  expect(findNameFault("철수's MacBook / 거실 #2", "device")).toBeNull();
  expect(findNameFault("", "passkey")).toBeNull();
  expect(findNameFault("", "room")).toBe("length");
  expect(findNameFault("회의\u200B실", "room")).toBe("characters");
  expect(findNameFault("태그#", "tag")).toBe("characters");
  expect(findNameFault(`집${"\u0323".repeat(17)}`, "device")).toBe("marks");
});

test("a name is shown composed and with single spaces", () => {
  expect(normalizeName(" 봄\u00A0 \t이\u2003 ".normalize("NFD"))).toBe("봄 이");
});

test("of every combining mark at most two stand over a letter, and none on Hangul", () => {
  const taken: string[] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    const mark = String.fromCodePoint(code);
    if (!/\p{Mn}|\p{Me}/u.test(mark)) continue;
    // Letters of four scripts, none of which any mark is part of once it is composed.
    for (const letter of ["q", "ж", "ख", "ツ"]) {
      const composed = `${letter}${mark.repeat(3)}`.normalize("NFC");
      const left = [...composed].filter((character) => /\p{M}/u.test(character)).length;
      if (left > 2 && findNicknameFault(`${letter}${mark.repeat(3)}b`) === null)
        taken.push(`${letter}+${code.toString(16)}`);
    }
    for (const syllable of ["가", "각", "ㄱ", "ᄀ"]) {
      const name = `${syllable}${mark}b`;
      if (/\p{M}/u.test(normalizeName(name)) && findNicknameFault(name) === null)
        taken.push(`${syllable}+${code.toString(16)}`);
    }
  }
  expect(taken).toEqual([]);
});
