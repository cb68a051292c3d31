import { expect, test } from "bun:test";
import fc from "fast-check";
import { drawAvatarPattern } from "./avatar-pattern.ts";

test("a seed always gives the same pattern, and it covers the whole picture once", () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      const pattern = drawAvatarPattern(seed);
      expect(drawAvatarPattern(seed)).toEqual(pattern);
      const covered = new Set<string>();
      for (const tile of pattern) {
        for (let x = tile.x; x < tile.x + tile.width; x++) {
          for (let y = tile.y; y < tile.y + tile.height; y++) {
            expect(covered.has(`${x}:${y}`)).toBe(false);
            covered.add(`${x}:${y}`);
          }
        }
      }
      expect(covered.size).toBe(16);
    }),
  );
});

test("people who sit side by side look different", () => {
  const seen = new Set(Array.from({ length: 200 }, (_, at) => JSON.stringify(drawAvatarPattern(`seed-${at}`))));
  expect(seen.size).toBeGreaterThan(150);
});
