import { expect, test } from "bun:test";
import { readCodeLetters, readDigits } from "./codes.ts";

test.each([
  ["123456", "123456"],
  [" 123 456\n", "123456"],
  ["１２３４５６", "123456"],
  ["123-456", "123456"],
  ["123–456", "123456"],
  ["１２３－４５６", "123456"],
  ["1\u200B2\u200D3\u2060456\uFEFF", "123456"],
  ["\u202A123456\u202C", "123456"],
  ["١٢٣٤٥٦", "123456"],
  ["०१२३४५", "012345"],
  ["𝟏𝟐𝟑𝟜𝟝𝟞", "123456"],
  ["①②③④⑤⑥", "123456"],
  ["인증 코드: 123456", "123456"],
])("the digits of %j are %s", (typed, digits) => expect(readDigits(typed)).toBe(digits));

test.each([
  ["ab12-cd34", "ab12cd34"],
  ["ab12—cd34", "ab12cd34"],
  ["ＡＢ１２－ＣＤ３４", "AB12CD34"],
  ["ab12\u00AD-\u200Bcd34 ", "ab12cd34"],
  ["12345x", "12345x"],
])("the letters of %j are %s", (typed, letters) => expect(readCodeLetters(typed)).toBe(letters));

test("digits of every script count as what they are worth", () => {
  for (let code = 0; code <= 0x10ffff; code++) {
    const digit = String.fromCodePoint(code);
    if (!/\p{Nd}/u.test(digit)) continue;
    // All decimal digits come in runs of ten, the zero first; those before a zero belong to another script.
    expect(readDigits(digit)).toMatch(/^[0-9]$/);
  }
  expect([..."0٠०０𝟎"].map(readDigits)).toEqual(["0", "0", "0", "0", "0"]);
  expect([..."9٩९９𝟗"].map(readDigits)).toEqual(["9", "9", "9", "9", "9"]);
});
