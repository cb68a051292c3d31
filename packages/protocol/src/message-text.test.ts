import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { closeDirections } from "./directions.ts";
import { cutAtGrapheme } from "./graphemes.ts";
import { findMessageTextFault, normalizeMessageText, trimMessageText } from "./message-text.ts";

describe("a message", () => {
  test.each(["", " \n\t", "\uFE0F", "\u034F\u17B4", "\u{E0100}\u2800", "\u3164\uFFA0", "\u202E\u2069", "\u{E0041}"])(
    "of %j alone is empty",
    (text) => expect(findMessageTextFault(text, 10)).toBe("message.empty"),
  );

  test.each([
    ["a\ud83d", "request.invalid"],
    ["a\u0000", "request.invalid"],
    ["가".repeat(11), "message.too_long"],
    ["😀".repeat(10), null],
    ["\uFE0F❤️", null],
  ] as const)("%j: %s", (text, fault) => expect(findMessageTextFault(text, 10)).toBe(fault));

  test("keeps the indent of its first line and loses empty lines around it", () => {
    expect(trimMessageText("\n \n  if (a) {\n    b();\n  }\n\n  ")).toBe("  if (a) {\n    b();\n  }");
    expect(trimMessageText("\treturn;")).toBe("\treturn;");
    expect(trimMessageText(" \n ")).toBe("");
  });
});

describe("changes of direction", () => {
  const [LRE, RLE, PDF, LRO, RLO, LRI, RLI, FSI, PDI] = [..."\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069"];

  test.each([
    ["plain 글", "plain 글"],
    [`${RLO}gpj.exe`, `${RLO}gpj.exe${PDF}`],
    [`${RLO}a\n${RLI}b`, `${RLO}a${PDF}\n${RLI}b${PDI}`],
    [`${PDF}a${PDI}b`, "ab"],
    [`${LRI}${RLE}a${PDI}b`, `${LRI}${RLE}a${PDI}b`],
    [`${LRE}${FSI}a${PDF}b`, `${LRE}${FSI}ab${PDI}${PDF}`],
    [`${LRO}${LRE}a${PDF}`, `${LRO}${LRE}a${PDF}${PDF}`],
    [`${RLO?.repeat(1_000)}a`, `${RLO?.repeat(16)}a${PDF?.repeat(16)}`],
  ])("%j is stored as %j", (text, stored) => expect(normalizeMessageText(text)).toBe(stored));

  test("are balanced in every line of every text, and what can be seen stays", () => {
    const piece = fc.constantFrom(
      "a",
      "글",
      "\n",
      "\u2029",
      ...`${LRE}${RLE}${PDF}${LRO}${RLO}${LRI}${RLI}${FSI}${PDI}`,
    );
    const seen = (text: string) => text.replace(/[\u202A-\u202E\u2066-\u2069]/g, "");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join("");
        const closed = closeDirections(text);
        expect(seen(closed)).toBe(seen(text));
        expect(closeDirections(closed)).toBe(closed);
        for (const line of closed.split(/[\n\u2029]/)) {
          const count = (pattern: RegExp) => line.match(pattern)?.length ?? 0;
          expect(count(/[\u2066-\u2068]/g)).toBe(count(/\u2069/g));
          expect(count(/[\u202A\u202B\u202D\u202E]/g)).toBeGreaterThanOrEqual(count(/\u202C/g));
        }
      }),
    );
  });
});

test("a text is cut between characters as people see them", () => {
  expect(cutAtGrapheme("가나", 2)).toBe("가나");
  expect(cutAtGrapheme("가나👨‍👩‍👧‍👦다", 9)).toBe("가나");
  expect(cutAtGrapheme("각".normalize("NFD").repeat(2), 5)).toBe("각".normalize("NFD"));
  // One letter under more marks than anybody writes is cut between them.
  expect(cutAtGrapheme(`a${"\u0301".repeat(900)}`, 500)).toHaveLength(500);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(40), (text, units) => {
      const cut = cutAtGrapheme(text, units);
      expect(text.startsWith(cut)).toBe(true);
      expect(cut.length).toBeLessThanOrEqual(Math.max(units, 0));
      if (text.isWellFormed()) expect(cut.isWellFormed()).toBe(true);
    }),
  );
});
