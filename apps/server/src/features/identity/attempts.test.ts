import { beforeEach, describe, expect, test } from "bun:test";
import { FakeClock } from "@maru/testkit";
import { type Attempts, createAttempts } from "./attempts.ts";

const rule = { freeFailures: 3, baseDelayMs: 1_000, maxDelayMs: 8_000, forgetMs: 60_000 };
let clock: FakeClock;
let attempts: Attempts;

beforeEach(() => {
  clock = new FakeClock();
  attempts = createAttempts(clock, rule);
});

/** The wait that a further attempt is told, or 0 when it may start. */
function waitOf(key: string): number {
  try {
    attempts.begin(key);
    return 0;
  } catch (error) {
    expect(error).toMatchObject({ code: "rate.limited" });
    return (error as { retryAfterMs: number }).retryAfterMs;
  }
}

describe("attempts", () => {
  test("a few are free, then the wait doubles up to its bound", async () => {
    for (let index = 0; index < 3; index++) expect(waitOf("a")).toBe(0);
    const waits: number[] = [];
    for (let index = 0; index < 6; index++) {
      expect(waitOf("a")).toBe(0);
      const wait = waitOf("a");
      waits.push(wait);
      await clock.advance(wait);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
  });

  test("a refused attempt prolongs nothing", async () => {
    for (let index = 0; index < 4; index++) waitOf("a");
    await clock.advance(600);
    for (let index = 0; index < 100; index++) expect(waitOf("a")).toBe(400);
    await clock.advance(400);
    expect(waitOf("a")).toBe(0);
  });

  test("keys do not touch each other", () => {
    for (let index = 0; index < 5; index++) waitOf("a");
    expect(waitOf("b")).toBe(0);
  });

  test("many at once are no more than the free ones", () => {
    const started = Array.from({ length: 1_000 }, () => waitOf("a")).filter((wait) => wait === 0);
    expect(started).toHaveLength(4);
  });

  test("what was taken back or forgotten does not count", async () => {
    for (let index = 0; index < 50; index++) {
      expect(waitOf("a")).toBe(0);
      attempts.takeBack("a");
    }
    for (let index = 0; index < 4; index++) waitOf("b");
    attempts.forget("b");
    expect(waitOf("b")).toBe(0);
    for (let index = 0; index < 4; index++) waitOf("c");
    await clock.advance(rule.forgetMs);
    for (let index = 0; index < 3; index++) expect(waitOf("c")).toBe(0);
  });

  test("memory is bounded, and whoever is guessed at now is not forgotten for it", () => {
    for (let index = 0; index < 4; index++) waitOf("old");
    for (let index = 0; index < 60_000; index++) {
      waitOf(`flood ${index}`);
      if (index === 40_000) for (let again = 0; again < 4; again++) waitOf("kept");
    }
    expect(waitOf("kept")).toBeGreaterThan(0);
    expect(waitOf("old")).toBe(0);
  });
});
