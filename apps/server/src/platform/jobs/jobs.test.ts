import { describe, expect, test } from "bun:test";
import { eventually } from "@maru/testkit";
import { MemoryHub } from "../bus/memory-bus.ts";
import { heldWork, useJobsWorld } from "./fixtures/jobs.fixture.ts";
import type { Job } from "./job.ts";

const world = useJobsWorld();
const { openNode, makeDue, listRows } = world;

describe("a job", () => {
  test("is done once it is committed, with its words, and is gone then", async () => {
    const done: (string | null)[] = [];
    const { queue } = openNode({ run: async ({ payload }) => void done.push(payload) });
    await world.database.db.transaction((tx) => queue.add(tx, { payload: '{"말":"안녕"}' }));
    await queue.runDue();
    expect([done, await listRows()]).toEqual([['{"말":"안녕"}'], []]);
  });

  test("of a transaction that rolls back is never done", async () => {
    const { queue } = openNode({ run: () => Promise.reject(new Error("it was done")) });
    const undone = new Error("undone");
    const adding = world.database.db.transaction(async (tx) => {
      await queue.add(tx);
      throw undone;
    });
    await expect(adding).rejects.toBe(undone);
    await queue.runDue();
    expect(await listRows()).toEqual([]);
  });

  test("waits for its time", async () => {
    let count = 0;
    const { queue } = openNode({ run: async () => void count++ });
    await queue.add(world.database.db.sql, { delayMs: 60_000 });
    await queue.runDue();
    expect(count).toBe(0);
    await makeDue();
    await queue.runDue();
    expect(count).toBe(1);
  });

  test("that nobody needs any more is given up, and one without an end never is", async () => {
    let count = 0;
    const { jobs, queue } = openNode({ run: async () => void count++ });
    await queue.add(world.database.db.sql, { lifeMs: 0 });
    await queue.add(world.database.db.sql);
    await queue.runDue();
    expect([count, await listRows()]).toEqual([1, []]);
    const endings = Object.fromEntries(jobs.countEndings().map(({ ending, value }) => [ending, value]));
    expect(endings).toEqual({ done: 1, retried: 0, expired: 1, lost: 0 });
  });

  test("that fails is tried again with pauses that double up to a bound", async () => {
    const { queue } = openNode({ firstDelayMs: 1_000, maxDelayMs: 5_000, run: () => Promise.reject(new Error("no")) });
    await queue.add(world.database.db.sql);
    for (const [index, pauseMs] of [1_000, 2_000, 4_000, 5_000, 5_000].entries()) {
      await queue.runDue();
      const [row] = await listRows();
      expect([row?.attempts, row?.holder]).toEqual([index + 1, null]);
      expect(row?.wait_ms).toBeWithin(pauseMs - 900, pauseMs + 1);
      await makeDue();
    }
  });

  test("that says that what it needs is away holds the others of its kind back until the next look", async () => {
    let count = 0;
    let isAway = true;
    const { queue } = openNode({
      run: async () => {
        count++;
        return isAway ? "pause" : undefined;
      },
    });
    for (let i = 0; i < 5; i++) await queue.add(world.database.db.sql);
    await queue.runDue();
    expect([count, (await listRows()).length]).toEqual([1, 5]);
    isAway = false;
    await queue.runDue();
    expect((await listRows()).length).toBe(1);
  });
});

describe("a key", () => {
  test("keeps one job, however many ask at once on however many nodes, until it is done", async () => {
    let count = 0;
    const [one, two] = [openNode({ run: async () => void count++ }), openNode({ run: async () => void count++ })];
    const added = await Promise.all(
      Array.from({ length: 40 }, (_, i) => (i % 2 ? one : two).queue.add(world.database.db.sql, { key: "k" })),
    );
    expect(added.filter(Boolean)).toHaveLength(1);
    expect(await one.queue.add(world.database.db.sql, { key: "other" })).toBe(true);
    await Promise.all([one.queue.runDue(), two.queue.runDue()]);
    expect([count, await one.queue.add(world.database.db.sql, { key: "k" })]).toEqual([2, true]);
  });

  test("asked for while the job is in hand lets it be done once more", async () => {
    let count = 0;
    const { reached, go, hold } = heldWork();
    const { queue } = openNode({ run: (job) => (count++ === 0 ? hold(job) : Promise.resolve()) });
    await queue.add(world.database.db.sql, { key: "k" });
    const running = queue.runDue();
    await reached;
    expect([await queue.add(world.database.db.sql, { key: "k" }), count]).toEqual([false, 1]);
    go();
    await running;
    await queue.runDue();
    expect([count, await listRows()]).toEqual([2, []]);
  });

  test("lets a job be needed for as long as who asks last needs it, or for ever", async () => {
    const done: (string | null)[] = [];
    const { queue } = openNode({ run: async ({ key }) => void done.push(key) });
    const { sql } = world.database.db;
    for (const [key, lives] of Object.entries({ longer: [0, 60_000], ever: [0, null], over: [0, 0] })) {
      for (const lifeMs of lives) await queue.add(sql, { key, ...(lifeMs === null ? {} : { lifeMs }) });
    }
    await queue.runDue();
    expect([done.sort(), await listRows()]).toEqual([["ever", "longer"], []]);
  });

  test("makes a job that waits as early as who asks last needs it", async () => {
    const { queue } = openNode({ run: async () => {} });
    await queue.add(world.database.db.sql, { key: "k", delayMs: 60_000 });
    await queue.add(world.database.db.sql, { key: "k", delayMs: 5_000 });
    await queue.add(world.database.db.sql, { key: "k", delayMs: 90_000 });
    expect((await listRows())[0]?.wait_ms).toBeWithin(1_000, 5_001);
  });
});

describe("two nodes", () => {
  test("do a burst of 10,000 jobs, each once", async () => {
    const counts = new Map<string, number>();
    const run = async ({ payload }: Job) => void counts.set(payload ?? "", (counts.get(payload ?? "") ?? 0) + 1);
    const opened = [0, 1].map(() => openNode({ concurrency: 4, run }, { db: world.database.connect({ poolSize: 4 }) }));
    const [{ queue }] = opened as [(typeof opened)[0]];
    for (let batch = 0; batch < 10; batch++) {
      await world.database.db.transaction(async (tx) => {
        for (let i = 0; i < 1_000; i++) await queue.add(tx, { payload: String(batch * 1_000 + i) });
      });
    }
    await Promise.all(opened.map((node) => node.queue.runDue()));
    expect([counts.size, new Set(counts.values())]).toEqual([10_000, new Set([1])]);
    expect(await listRows()).toEqual([]);
    const doneBy = opened.map(({ jobs }) => jobs.countEndings().find(({ ending }) => ending === "done")?.value ?? 0);
    expect(Math.min(...doneBy)).toBeGreaterThan(1_000);
  }, 120_000);

  test("have at most so many in hand as the kind says", async () => {
    let running = 0;
    let most = 0;
    const full = Promise.withResolvers<void>();
    const { queue } = openNode({
      concurrency: 3,
      async run() {
        most = Math.max(most, ++running);
        if (running === 3) full.resolve();
        await full.promise;
        await listRows();
        running--;
      },
    });
    for (let i = 0; i < 30; i++) await queue.add(world.database.db.sql);
    await queue.runDue();
    expect(most).toBe(3);
  });

  test("wake each other: one that does no jobs tells one that does", async () => {
    const hub = new MemoryHub();
    const done = Promise.withResolvers<void>();
    const web = openNode({ run: () => Promise.reject(new Error("a node that does no jobs did one")) }, { hub });
    const worker = openNode({ run: async () => done.resolve() }, { hub });
    await worker.jobs.start();
    await worker.queue.runDue();
    await web.queue.add(world.database.db.sql);
    web.queue.wake();
    await done.promise;
  });

  test("look for what is due by themselves when no word comes", async () => {
    let count = 0;
    const { clock, jobs, queue } = openNode({ run: async () => void count++ });
    await jobs.start();
    await eventually("the first look is over", () => clock.pendingCount > 0);
    await queue.add(world.database.db.sql);
    await clock.advance(1_000);
    await eventually("the job was found", () => count === 1);
  });
});
