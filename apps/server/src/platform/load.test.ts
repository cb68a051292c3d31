import { expect, test } from "bun:test";
import type { Clock } from "@maru/protocol";
import { FakeClock } from "@maru/testkit";
import { watchLoad } from "./load.ts";

test("a process whose timers come in time keeps up", async () => {
  const clock = new FakeClock();
  const load = watchLoad(clock);
  await clock.advance(10_000);
  expect(load.isLate).toBe(false);
  load.stop();
  expect(clock.pendingCount).toBe(0);
});

test("one whose timer came late is behind, for a second", () => {
  let now = 0;
  let look: () => void = () => {};
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    setTimeout: (callback) => {
      look = callback;
      return { timer: 0 };
    },
    clearTimeout: () => {},
  };
  const load = watchLoad(clock);
  const lookAfter = (ms: number) => {
    now += ms;
    look();
    return load.isLate;
  };
  expect(lookAfter(50 + 100)).toBe(false);
  expect(lookAfter(50 + 101)).toBe(true);
  expect(lookAfter(50)).toBe(true);
  now += 949;
  expect(load.isLate).toBe(true);
  now += 1;
  expect(load.isLate).toBe(false);
});
