import { expect, test } from "bun:test";
import { longMix, planFaults, shortMix } from "./fault-plan.ts";

const run = { durationMs: 60_000, nodeCount: 2 };

test("the same seed has the same faults at the same times, another has others", () => {
  expect(planFaults(7, longMix, run)).toEqual(planFaults(7, longMix, run));
  expect(planFaults(8, longMix, run)).not.toEqual(planFaults(7, longMix, run));
});

test.each([
  ["short", shortMix],
  ["long", longMix],
])("a %s run has every fault of its mix, within the run, on nodes that are there", (_, mix) => {
  const plan = planFaults(1, mix, run);
  for (const [kind, { times }] of Object.entries(mix)) {
    expect(plan.filter((fault) => fault.kind === kind)).toHaveLength(times);
  }
  for (const fault of plan) {
    expect(fault.atMs).toBeWithin(0, run.durationMs);
    if ("node" in fault) expect([0, 1]).toContain(fault.node);
  }
});
