import { describe, expect, test } from "bun:test";
import { limits } from "@maru/protocol";
import fc from "fast-check";
import { isTooLarge, readFrame } from "./frame-reader.ts";

/** How deep a value is nested: 1 for an object of plain values. */
function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe("a frame that was read", () => {
  test("says what was written, whatever its words hold", () => {
    const anyD = fc.oneof(fc.jsonValue({ maxDepth: 10 }), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.string({ unit: "binary" }), anyD, (id, cmd, d) => {
        const frame = JSON.parse(JSON.stringify({ id, cmd, d })) as { d: unknown };
        fc.pre(depthOf(frame) <= limits.frameDepth);
        expect(readFrame(JSON.stringify(frame))).toEqual({ id, cmd, d: frame.d ?? {} });
      }),
    );
  });

  test("is at most sixteen deep, brackets in words not counted", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40 }),
        fc.string({ unit: fc.constantFrom("[", "{", '"', "\\", "]") }),
        (n, words) => {
          let d: unknown = words;
          for (let depth = 0; depth < n; depth++) d = depth % 2 === 0 ? [d] : { [words]: d };
          expect(readFrame(JSON.stringify({ id: 1, cmd: "a", d })) !== null).toBe(n + 1 <= limits.frameDepth);
        },
      ),
    );
  });
});

test("whatever comes is either a command or nothing, and never an error", () => {
  const broken = fc.string({ unit: fc.constantFrom(...'[]{}":,\\0ab u1dce-.\u0000\ud800') });
  fc.assert(
    fc.property(fc.oneof(broken, fc.json(), fc.string({ unit: "binary" })), (text) => {
      const command = readFrame(text);
      if (command === null) return;
      expect(Number.isSafeInteger(command.id) && command.id >= 0 && typeof command.cmd === "string").toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("deep nesting is found before the parser meets it", () => {
  const deep = "[".repeat(limits.frameBytes);
  const started = performance.now();
  for (let n = 0; n < 1_000; n++) expect(readFrame(deep)).toBeNull();
  // The parser alone takes 9 ms for each.
  expect(performance.now() - started).toBeLessThan(1_000);
});

test("the size of a frame is its size in UTF-8", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 50 }), fc.integer({ min: -3, max: 3 }), (words, more) => {
      const bytes = Buffer.byteLength(words);
      const text = words + "가".repeat(Math.floor((limits.frameBytes - bytes) / 3) + more);
      expect(isTooLarge(text)).toBe(Buffer.byteLength(text) > limits.frameBytes);
    }),
  );
});
