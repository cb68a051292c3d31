import { expect, test } from "bun:test";
import { FakeClock } from "@maru/testkit";
import * as fc from "fast-check";
import type { Change } from "./changes.ts";
import { Sequencer } from "./sequencer.ts";
import { bridgeRevs } from "./written-changes.ts";

const change = (rev: number): Change => ({
  rev,
  push: "message.sent",
  json: `{"rev":${rev}}`,
  seq: rev,
  ord: rev,
  authorId: "",
  departedId: "",
  pausedId: "",
});
const changes = (...revs: number[]) => revs.map(change);
const from = (first: number, last: number) => changes(...Array.from({ length: last - first + 1 }, (_, i) => first + i));

function openSequencer(rev?: number) {
  const clock = new FakeClock();
  const emitted: number[] = [];
  const fills: number[] = [];
  const sequencer: Sequencer = new Sequencer({
    clock,
    emit: (list) => emitted.push(...list.map((one) => one.rev)),
    requestFill: () => fills.push(sequencer.appliedRev),
  });
  if (rev !== undefined) sequencer.open(rev);
  return { clock, emitted, fills, sequencer };
}

test("emits what follows at once and holds what came early", () => {
  const { sequencer, emitted } = openSequencer(3);
  sequencer.offer(changes(4, 5));
  sequencer.offer(changes(8));
  expect(emitted).toEqual([4, 5]);
  sequencer.offer(changes(7, 6));
  expect(emitted).toEqual([4, 5, 6, 7, 8]);
});

test("ignores what it has, and what comes twice while it waits", () => {
  const { sequencer, emitted } = openSequencer(3);
  sequencer.offer(changes(2, 3, 4, 4, 6, 6));
  sequencer.offer(changes(5, 4));
  expect(emitted).toEqual([4, 5, 6]);
});

test("holds everything until it is opened", () => {
  const { sequencer, emitted } = openSequencer();
  sequencer.offer(changes(6, 4, 5));
  expect(emitted).toEqual([]);
  sequencer.open(4);
  expect(emitted).toEqual([5, 6]);
});

test("asks the database once when the gap lasts longer than 30 ms", async () => {
  const { sequencer, emitted, fills, clock } = openSequencer(3);
  sequencer.offer(changes(6));
  await clock.advance(29);
  expect(fills).toEqual([]);
  await clock.advance(1);
  expect(fills).toEqual([3]);
  sequencer.offer(changes(8));
  await clock.advance(1_000);
  expect(fills).toEqual([3]);
  sequencer.fill(from(4, 7), 7);
  expect(emitted).toEqual([4, 5, 6, 7, 8]);
  expect(clock.pendingCount).toBe(0);
});

test("does not ask when what was missing came in time", async () => {
  const { sequencer, fills, clock } = openSequencer(3);
  sequencer.offer(changes(5));
  await clock.advance(20);
  sequencer.offer(changes(4));
  await clock.advance(1_000);
  expect(fills).toEqual([]);
});

test("hears of a rev and finds out, but believes the database", async () => {
  const { sequencer, emitted, fills, clock } = openSequencer(3);
  sequencer.noteRemoteHead(9);
  await clock.advance(30);
  expect(fills).toEqual([3]);
  sequencer.fill(from(4, 5), 5);
  await clock.advance(1_000);
  expect(emitted).toEqual([4, 5]);
  expect(fills).toEqual([3]);
});

test("asks again after a fill that failed", async () => {
  const { sequencer, fills, clock } = openSequencer(3);
  sequencer.offer(changes(5));
  await clock.advance(30);
  sequencer.fillFailed();
  await clock.advance(30);
  expect(fills).toEqual([3, 3]);
});

test("drops what is too much to hold and reads it from the database", async () => {
  const { sequencer, emitted, fills, clock } = openSequencer(0);
  sequencer.offer(from(2, 2_000));
  await clock.advance(30);
  expect(fills).toEqual([0]);
  sequencer.fill(from(1, 2_000), 2_000);
  expect(emitted).toEqual(Array.from({ length: 2_000 }, (_, i) => i + 1));
});

test("jumps forward, and starts anew at a lower rev of another numbering", () => {
  const { sequencer, emitted } = openSequencer(3);
  sequencer.skipTo(10);
  sequencer.offer(changes(9, 11));
  sequencer.reset(2);
  sequencer.offer(changes(3));
  expect(emitted).toEqual([11, 3]);
});

test("is silent once it is closed", async () => {
  const { sequencer, emitted, fills, clock } = openSequencer(3);
  sequencer.offer(changes(5));
  sequencer.close();
  sequencer.offer(changes(4));
  await clock.advance(1_000);
  expect([emitted, fills]).toEqual([[], []]);
});

test("whatever comes in whatever order, what goes out is each rev once and in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 80 }), fc.nat(3), async (revs, step) => {
      const { sequencer, emitted, fills, clock } = openSequencer(0);
      for (const rev of revs) {
        sequencer.offer(changes(rev));
        await clock.advance(step * 10);
        if (fills.pop() !== undefined) sequencer.fill(from(sequencer.appliedRev + 1, 20), 20);
      }
      sequencer.noteRemoteHead(40);
      await clock.advance(30);
      if (fills.pop() !== undefined) sequencer.fill(from(sequencer.appliedRev + 1, 40), 40);
      expect(emitted).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    }),
    { seed: 7, numRuns: 60 },
  );
});

test("bridges revs that later changes took over", () => {
  const bridged = bridgeRevs(changes(5, 8), 3, 8);
  expect(bridged.map(({ rev, json }) => [rev, json])).toEqual([
    [4, '{"rev":5}'],
    [5, '{"rev":5}'],
    [6, '{"rev":8}'],
    [7, '{"rev":8}'],
    [8, '{"rev":8}'],
  ]);
});
