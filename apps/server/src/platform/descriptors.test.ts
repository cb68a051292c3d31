import { expect, test } from "bun:test";
import { FakeClock } from "@maru/testkit";
import { type DescriptorSource, processDescriptors, watchDescriptors } from "./descriptors.ts";
import { createLog } from "./log.ts";

/** A process that has as many descriptors as a test says. */
function open(options: { limit?: number | null; opensAgain?: () => boolean } = {}) {
  const clock = new FakeClock();
  const lines: string[] = [];
  const steps: string[] = [];
  const state: { free: number | null; limit: number | null } = { free: 40, limit: options.limit ?? null };
  const source: DescriptorSource = { findFree: () => state.free, findLimit: () => state.limit };
  const watch = watchDescriptors({
    clock,
    log: createLog({ level: "info", write: (line) => lines.push(JSON.parse(line).message), now: () => 0 }),
    pause: () => steps.push("pause"),
    resume: () => {
      const isOpen = options.opensAgain?.() ?? true;
      steps.push(isOpen ? "resume" : "not yet");
      return isOpen;
    },
    source,
  });
  return { clock, lines, steps, state, watch };
}

test("nobody is let in for a second once none are left, and it counts as short until it has been well for a while", async () => {
  const { clock, lines, steps, state, watch } = open();
  await clock.advance(1_000);
  expect([watch.isShort, steps]).toEqual([false, []]);
  state.free = null;
  await clock.advance(100);
  expect([watch.isShort, steps]).toEqual([true, ["pause"]]);
  state.free = 40;
  await clock.advance(900);
  expect(steps).toEqual(["pause"]);
  await clock.advance(200);
  expect([watch.isShort, steps]).toEqual([true, ["pause", "resume"]]);
  await clock.advance(3_000);
  expect(watch.isShort).toBe(false);
  expect(lines).toEqual([expect.stringContaining("No descriptors are left"), "There are descriptors again."]);
});

test("however often they run out again meanwhile, it is said once", async () => {
  const { clock, lines, steps, state, watch } = open();
  for (let n = 0; n < 20; n++) {
    state.free = null;
    await clock.advance(100);
    state.free = 40;
    await clock.advance(1_500);
  }
  expect(watch.isShort).toBe(true);
  expect(steps.filter((step) => step === "pause")).toHaveLength(20);
  expect(lines).toHaveLength(1);
});

test("a few are kept free where the limit is known, also where it is changed while it runs", async () => {
  const { clock, steps, state, watch } = open({ limit: 1_000 });
  state.free = 960;
  await clock.advance(500);
  expect(watch.isShort).toBe(false);
  state.free = 970;
  await clock.advance(100);
  expect([watch.isShort, steps]).toEqual([true, ["pause"]]);
  state.limit = 2_000;
  await clock.advance(2_500);
  expect(steps).toEqual(["pause", "resume"]);
  state.limit = 100;
  await clock.advance(6_000);
  expect([watch.isShort, steps]).toEqual([true, ["pause", "resume", "pause"]]);
});

test("a port that cannot be opened again is tried again", async () => {
  let tries = 0;
  const { clock, steps, state } = open({ opensAgain: () => ++tries > 2 });
  state.free = null;
  await clock.advance(100);
  state.free = 40;
  await clock.advance(2_000);
  expect(steps).toEqual(["pause", "not yet", "not yet", "resume"]);
});

test("this process has some left", () => {
  expect(processDescriptors.findFree()).toBeGreaterThan(2);
});
