import { expect, test } from "bun:test";
import { seededRandom } from "@maru/testkit";
import { Backoff } from "./backoff.ts";

test("doubles from half a second to half a minute, between half of it and all of it", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const backoff = new Backoff(seededRandom(seed));
    for (const fullMs of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]) {
      const ms = backoff.nextMs();
      expect({ seed, isWithin: ms >= fullMs / 2 && ms <= fullMs }).toEqual({ seed, isWithin: true });
    }
  }
});

test("spreads clients that fail in the same moment", () => {
  const first = Array.from({ length: 100 }, (_, seed) => Math.round(new Backoff(seededRandom(seed)).nextMs() / 10));
  expect(new Set(first).size).toBeGreaterThan(20);
});

test("begins anew after a reset", () => {
  const backoff = new Backoff(() => 1);
  for (let i = 0; i < 5; i++) backoff.nextMs();
  backoff.reset();
  expect(backoff.nextMs()).toBe(500);
});
