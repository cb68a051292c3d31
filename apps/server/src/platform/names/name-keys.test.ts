import { describe, expect, test } from "bun:test";
import { findNicknameFault, isBlankText } from "@maru/protocol";
import { requires } from "@maru/testkit";
import { isSameName, nameKeysOf } from "./name-keys.ts";
import { readIcuConfusables } from "./read-icu-confusables.ts";
import { isReservedName } from "./reserved-names.ts";
import { confusablesUnicode, fineSkeletonOf, skeletonOf } from "./skeleton.ts";
import { packConfusables } from "./write-confusables.ts";

describe("the same name", () => {
  test.each([
    ["admin", "аdmin"],
    ["paypaI", "paypal"],
    ["PAYPAL", "paypaI"],
    ["Вася", "ВАСЯ"],
    ["Νίκος", "ΝΊΚΟΣ"],
    ["ΝAVER", "naver"],
    ["bob", "b0b"],
    ["ｍａｒｕ", "maru"],
    ["rnarie", "Marie"],
    ["ᴀnna", "anna"],
    ["𝐀𝐧𝐧𝐚", "anna"],
    ["straße", "STRASSE"],
    ["가 람", "가람"],
    ["❤️봄", "❤봄"],
    ["운영자\uFE0F", "운영자"],
    ["\u1100\u1161람", "가람"],
  ])("%s and %s", (one, other) => expect(isSameName(one, other)).toBe(true));
});

describe("two names", () => {
  test.each([
    ["국가", "구까"],
    ["mail", "mall"],
    ["café", "cafe"],
    ["개이", "걔"],
    ["봄이", "봄비"],
    ["ian", "lan"],
  ])("%s and %s", (one, other) => expect(isSameName(one, other)).toBe(false));
});

describe("reserved, however it is dressed up", () => {
  test.each([
    ...["운영자", "운.영.자", "ㅇㅜㄴㅇㅕㅇㅈㅏ", "관리자★", "운영자1", "운영자 2", "마 루", "시스템", "고객센터"],
    ...["admin", "Admin", "аdmin", "ADMlN", "adm1n", "Ádmin", "a-d-m-i-n", "_admin_", "𝐚𝐝𝐦𝐢𝐧", "ⓐⓓⓜⓘⓝ"],
    ...["🅰dmin", "ᴀᴅᴍɪɴ", "ａｄｍｉｎ", "SYSTEM", "ѕystem", "supp0rt", "MARU", "rnaru", "root", "a\u0323dmin"],
  ])("%s", (name) => expect(isReservedName(name)).toBe(true));

  test.each(["마루치", "나라", "김운영", "관리의 신", "modern", "mary", "badminton", "supporter7", "systematic", "❤️❤️"])(
    "but not %s",
    (name) => expect(isReservedName(name)).toBe(false),
  );
});

/** Every code point that shows as nothing, by Unicode's own properties. */
function* invisibleCodePoints(): Generator<string> {
  const pattern = /\p{Default_Ignorable_Code_Point}|\p{Cf}|\p{Cn}/u;
  for (let code = 0; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code);
    if (pattern.test(character)) yield character;
  }
}

test("no invisible code point makes a second name of one, wherever it stands, and each alone is an empty message", () => {
  const names = ["운영자", "paypal", "❤️봄", "🇰🇷가"];
  const faults: string[] = [];
  let walked = 0;
  for (const character of invisibleCodePoints()) {
    walked++;
    const code = character.codePointAt(0)?.toString(16);
    if (!isBlankText(character)) faults.push(`${code} alone shows something`);
    for (const name of names) {
      const [first = ""] = name;
      for (const other of [name + character, character + name, first + character + name.slice(first.length)]) {
        if (findNicknameFault(other) === null && !isSameName(other, name)) faults.push(`${code} with ${name}`);
      }
    }
  }
  expect(faults).toEqual([]);
  // Two of three code points are unassigned; the walk must have met them.
  expect(walked).toBeGreaterThan(800_000);
}, 120_000);

describe("the table of confusables", () => {
  test("is of the Unicode that this program runs on", () => {
    expect(confusablesUnicode).toBe(`${process.versions["unicode"]}.0`);
  });

  const chromium = requires("chromium");
  chromium.test("says what Chromium's data say, of the same version of Unicode", async () => {
    const file = await Bun.file("/usr/lib/chromium/icudtl.dat").bytes();
    const read = readIcuConfusables(file);
    expect(read.prototypes.size).toBeGreaterThan(6_000);
    const kept = await Bun.file(new URL("./confusables.json", import.meta.url)).json();
    // A later Chromium knows more; it must at least agree on what both know.
    const known = packConfusables(read).lookAlikes;
    expect(known["61"]?.split(" ")).toContain("430");
    if (read.unicode === confusablesUnicode) expect(kept.lookAlikes).toEqual(known);
  });

  test("leads to shapes that lead nowhere else", () => {
    for (const text of ["paypaI", "раураl", "ｍａｒｕ", "ﷺ", "㎏", "ㅏ각ᆨ", "Ⅷ", "🄰"]) {
      expect(skeletonOf(skeletonOf(text))).toBe(skeletonOf(text));
      expect(fineSkeletonOf(fineSkeletonOf(text))).toBe(fineSkeletonOf(text));
    }
    expect(nameKeysOf("paypal")).toEqual(["paypal"]);
  });
});
