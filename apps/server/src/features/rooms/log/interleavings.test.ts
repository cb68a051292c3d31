import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import * as fc from "fast-check";
import { Stage } from "../fixtures/interleavings.fixture.ts";
import { anyStory } from "../fixtures/story.fixture.ts";
import type { Change } from "./changes.ts";
import { Sequencer, type SequencerPort } from "./sequencer.ts";

const stages: Stage[] = [];
afterAll(async () => {
  for (const stage of stages) await stage.close();
});

async function openStage(...given: Parameters<typeof Stage.open>): Promise<Stage> {
  const stage = await Stage.open(...given);
  stages.push(stage);
  return stage;
}

const settings = { seed: 20_261_121, numRuns: 12, endOnFailure: true, timeout: 30_000 };
const anyPlay = (stage: Stage) => fc.asyncProperty(anyStory, (story) => stage.play(story));

/** Plants a fault into the append of one database; fails when the text to be changed is not there. */
async function plant(stage: Stage, change: (text: string) => string): Promise<void> {
  const file = await Bun.file(join(import.meta.dir, "../migrations/007-message-extras.sql")).text();
  const append =
    /create function rooms_append[\s\S]*?\n\$\$;/.exec(file)?.[0]?.replace("create", "create or replace") ?? "";
  const planted = change(append);
  expect(planted).not.toBe(append);
  await stage.world.adminSql.unsafe(planted);
}

test("whatever interleaves: no gap, no double, one order, and old state plus pushes is the fresh state", async () => {
  const stage = await openStage();
  await fc.assert(anyPlay(stage), settings);
  const { counts, hub } = stage;
  expect(Math.min(counts.sends, counts.repeats, counts.kills, counts.leaves)).toBeGreaterThan(5);
  expect(Math.min(hub.counts.lost, hub.counts.doubled, hub.counts.delayed)).toBeGreaterThan(20);
}, 120_000);

test("an append that does not lock its rooms is found", async () => {
  const stage = await openStage();
  await plant(stage, (text) => text.replace(/ {2}perform 1 from rooms_rooms.*\n/, ""));
  expect((await fc.check(anyPlay(stage), settings)).failed).toBe(true);
}, 120_000);

test("an append that does not look for the key is found", async () => {
  const stage = await openStage();
  await plant(stage, (text) => text.replace(/ {8}when old\.seq is not null then 'old'\n/, ""));
  await stage.world.adminSql`drop index rooms_messages_sends`;
  expect((await fc.check(anyPlay(stage), settings)).failed).toBe(true);
}, 120_000);

test("a sequencer that lets changes pass as they come is found", async () => {
  class HastySequencer extends Sequencer {
    constructor(readonly port: SequencerPort) {
      super(port);
    }
    override offer(changes: readonly Change[]): void {
      this.port.emit(changes);
    }
  }
  const stage = await openStage({ createSequencer: (port) => new HastySequencer(port) });
  expect((await fc.check(anyPlay(stage), settings)).failed).toBe(true);
}, 120_000);

test("a node that never fills a gap from the database is found", async () => {
  const stage = await openStage({
    createSequencer: (port) =>
      new Sequencer({ clock: port.clock, emit: (changes) => port.emit(changes), requestFill() {} }),
  });
  expect((await fc.check(anyPlay(stage), { ...settings, timeout: 3_000 })).failed).toBe(true);
}, 120_000);
