import { expect, test } from "bun:test";
import { findMessageTextFault } from "./message-text.ts";
import { findNameFault, findNicknameFault, type NameKind } from "./names.ts";

/** A mark of each place at which marks stand: one or two of every canonical combining class that holds any. */
const marks = [
  ..."\u0338\u093C\u3099\u094D\u05B0\u05B1\u05B4\u05B8\u05BC\u05BF\u05C1\u064B\u064C\u0651\u0652\u0670\u0711",
  ..."\u0C55\u0E38\u0E48\u0EB8\u0EC8\u0F71\u0F72\u0F74\u0327\u0328\u1DCE\u031B\u302A\u0323\u0331\u059A\u302B\u0301\u0308",
  ..."\u0302\u0304\u0315\u035C\u0360\u0345\u0E31\u0901\u20D2\u20DD\u{1E8D0}",
].filter((character) => /\p{M}/u.test(character));
/** Spacing marks: vowels and tones that stand beside their letter. */
const spacing = [..."\u0903\u093E\u302E\u302F\u{16FF0}"];
const letters = [..."aqжखツ漢"];
/** Syllables, and their letters in every form: of a keyboard, initial, middle, final, half wide, old. */
const hangul = [..."가각ㄱㅏ각ﾡᅀퟋ", "\u1100\u1161", "\u1100\u1161\u11A8", "\u1112\u119E\u11AB"];

/** Each choice of so many different ones, in every order. */
function* ordersOf(pool: readonly string[], length: number): Generator<string[]> {
  if (length === 0) return yield [];
  for (const first of pool) {
    const others = pool.filter((other) => other !== first);
    for (const rest of ordersOf(others, length - 1)) yield [first, ...rest];
  }
}

const bothForms = (text: string) => [...new Set([text, text.normalize("NFC"), text.normalize("NFD")])];
const marksIn = (text: string) => [...text.normalize("NFC")].filter((character) => /\p{M}/u.test(character));

/** What the rule says of one letter under these marks: two at most once composed, none that encloses. */
function isRight(name: string): boolean {
  const left = marksIn(name);
  return left.length <= 2 && !left.some((mark) => /\p{Me}/u.test(mark));
}

test.each([1, 2, 3])("over one letter, %d different marks in every order and form: taken if two are left", (length) => {
  const faults: string[] = [];
  let [taken, refused] = [0, 0];
  for (const chosen of ordersOf(marks, length)) {
    // Three of fifty are many: there each letter takes its turn.
    for (const letter of length === 3 ? [letters[(taken + refused) % letters.length] ?? ""] : letters) {
      for (const name of bothForms(`${letter}${chosen.join("")}b`)) {
        const isTaken = findNicknameFault(name) === null;
        isTaken ? taken++ : refused++;
        if (isTaken !== isRight(name)) faults.push(`${isTaken ? "took" : "refused"} ${spellOut(name)}`);
      }
    }
  }
  expect(faults.slice(0, 20)).toEqual([]);
  expect(refused).toBeGreaterThan(5);
  // Also of three some make one letter.
  expect(taken).toBeGreaterThan(100);
});

test("on Hangul none at all, whichever and however many, on a syllable, on letters, and between them", () => {
  const faults: string[] = [];
  for (const chosen of [...ordersOf([...marks, ...spacing], 1), ...ordersOf([...marks, ...spacing], 2)]) {
    for (const syllable of hangul) {
      const text = chosen.join("");
      for (const name of [`${syllable}${text}b`, `b${syllable}${text}`, `${syllable}${text}${syllable}`]) {
        const kinds: readonly NameKind[] =
          chosen.length === 1 ? ["nickname", "device", "passkey", "room", "tag"] : ["nickname"];
        for (const kind of kinds) {
          for (const form of bothForms(name)) {
            if (findNameFault(form, kind) === null) faults.push(`${kind} ${spellOut(form)}`);
          }
        }
      }
    }
  }
  expect(faults.slice(0, 20)).toEqual([]);
});

test("on what is no letter none either: emoji, joined ones, flags, digits, joiners, spaces, the beginning", () => {
  const others = [
    "❤",
    "❤\uFE0F",
    "👨‍👩‍👧",
    "👩\u200D",
    "a\u200D",
    "a\u200C",
    "🇰🇷",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "1️⃣",
    "7",
    "☺",
    "a ",
    "_",
    "👍🏽",
  ];
  const faults: string[] = [];
  for (const other of others) {
    for (const mark of [...marks, ...spacing]) {
      for (const name of [`${other}${mark}b`, `${mark}${other}`, `${other}${mark}\u0301b`]) {
        if (marksIn(name).length > 0 && findNicknameFault(name) === null) faults.push(spellOut(name));
      }
    }
  }
  expect(faults.slice(0, 20)).toEqual([]);
});

test("spacing marks do not make room for more: two at most over what they follow, four in all", () => {
  expect(findNicknameFault("क्षमा")).toBeNull();
  expect(findNicknameFault("कि\u0301")).toBeNull();
  for (const name of ["क\u0301ि\u0302ि\u0303", "कििििि", "क\u0301\u0302ि\u0303", "क\u0301ि\u0302\u0303"]) {
    expect([name, findNicknameFault(`${name}b`)]).toEqual([name, "marks"]);
  }
});

test("a message of marks alone shows something, unless each of them is one that does not", () => {
  const hidden = [..."\u034F\u17B4\u17B5\u180B\u180F\uFE0F\u{E0100}\u{E01EF}"];
  for (const chosen of ordersOf([...hidden, "\u200D", "\u3164", " "], 3)) {
    expect(findMessageTextFault(chosen.join(""), 10)).toBe("message.empty");
  }
  for (const [first = "", second = ""] of ordersOf(marks, 2)) {
    expect(findMessageTextFault(first + second, 10)).toBeNull();
    expect(findMessageTextFault(`\u200D${first}\u034F${second}`, 10)).toBeNull();
  }
});

const spellOut = (text: string) =>
  [...text].map((character) => `\\u{${character.codePointAt(0)?.toString(16)}}`).join("");
