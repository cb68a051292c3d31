import { expect, test } from "bun:test";
import fc from "fast-check";
import { sewPatchwork } from "./patchwork.ts";

test("a seed always gives the same cloth, and it covers the whole picture once", () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      const cloth = sewPatchwork(seed);
      expect(sewPatchwork(seed)).toEqual(cloth);
      const covered = new Set<string>();
      for (const patch of cloth) {
        for (let x = patch.x; x < patch.x + patch.width; x++) {
          for (let y = patch.y; y < patch.y + patch.height; y++) {
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
  const seen = new Set(Array.from({ length: 200 }, (_, at) => JSON.stringify(sewPatchwork(`seed-${at}`))));
  expect(seen.size).toBeGreaterThan(150);
});
