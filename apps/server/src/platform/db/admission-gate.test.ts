import { expect, test } from "bun:test";
import { FakeClock, settle } from "@maru/testkit";
import { MaruError } from "../errors.ts";
import { AdmissionGate, type Permit } from "./admission-gate.ts";

const limits = { maxRunning: 2, maxWaiting: 3, deadlineMs: 1_000, stuckMs: 2_000 };

/** A gate whose calls end when the test says so. */
function openGate() {
  const clock = new FakeClock();
  const gate = new AdmissionGate(clock, limits);
  const ends: (() => void)[] = [];
  const permits: Permit[] = [];
  const outcomes: string[] = [];
  const call = (onStuck?: () => void) => {
    const work = (permit: Permit) => {
      permits.push(permit);
      return new Promise<void>((resolve) => ends.push(resolve));
    };
    const index = outcomes.push("open") - 1;
    gate.run(work, onStuck).then(
      () => (outcomes[index] = "done"),
      (error) => (outcomes[index] = error instanceof MaruError ? error.code : String(error)),
    );
  };
  return { clock, gate, ends, permits, outcomes, call };
}

test("runs so many at once, lets so many wait and refuses the rest at once", async () => {
  const { gate, ends, outcomes, call } = openGate();
  for (let i = 0; i < 7; i++) call();
  await settle();
  expect(outcomes).toEqual(["open", "open", "open", "open", "open", "server.busy", "server.busy"]);
  expect([gate.runningCount, gate.waitingCount]).toEqual([2, 3]);
  ends[0]?.();
  await settle();
  expect([outcomes[0], gate.runningCount, gate.waitingCount]).toEqual(["done", 2, 2]);
});

test("one that waited too long is refused and never runs", async () => {
  const { clock, gate, ends, outcomes, call } = openGate();
  for (let i = 0; i < 3; i++) call();
  await clock.advance(limits.deadlineMs);
  expect(outcomes[2]).toBe("server.busy");
  expect(gate.waitingCount).toBe(0);
  for (const end of ends) end();
  await settle();
  expect(ends).toHaveLength(2);
});

test("one whose outcome is open at the deadline is told so; one that has done nothing lasting is told that", async () => {
  const { clock, permits, outcomes, call } = openGate();
  call();
  call();
  if (permits[1]) permits[1].isUndecided = false;
  await clock.advance(limits.deadlineMs);
  expect(outcomes).toEqual(["server.unavailable", "server.busy"]);
});

test("a permit knows its end before the timer has run", async () => {
  const { clock, permits, call } = openGate();
  call();
  expect(() => permits[0]?.requireTime()).not.toThrow();
  await clock.advance(limits.deadlineMs);
  expect(() => permits[0]?.requireTime()).toThrow(MaruError);
});

test("a call past its deadline keeps its place until it ends", async () => {
  const { clock, gate, ends, call } = openGate();
  call();
  await clock.advance(limits.deadlineMs);
  expect(gate.runningCount).toBe(1);
  ends[0]?.();
  await settle();
  expect(gate.runningCount).toBe(0);
});

test("a call that never ends loses its place in the end, once", async () => {
  const { clock, gate, ends, outcomes, call } = openGate();
  let stuckCount = 0;
  call(() => stuckCount++);
  call(() => stuckCount++);
  await clock.advance(limits.deadlineMs + limits.stuckMs - 1);
  expect([stuckCount, gate.runningCount]).toEqual([0, 2]);
  await clock.advance(1);
  expect([stuckCount, gate.runningCount]).toEqual([2, 0]);
  for (const end of ends) end();
  await settle();
  expect(gate.runningCount).toBe(0);
  call();
  ends[2]?.();
  await settle();
  expect(outcomes[2]).toBe("done");
});

test("work that throws before it has begun frees its place and its timer", async () => {
  const { clock, gate } = openGate();
  const thrown = gate.run(() => {
    throw new Error("no");
  });
  expect(await thrown.catch((error) => error.message)).toBe("no");
  await settle();
  expect([gate.runningCount, clock.pendingCount]).toEqual([0, 0]);
});
