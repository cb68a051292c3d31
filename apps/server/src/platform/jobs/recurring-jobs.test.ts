import { describe, expect, test } from "bun:test";
import { eventually } from "@maru/testkit";
import { heldWork, useJobsWorld } from "./fixtures/jobs.fixture.ts";

const world = useJobsWorld();
const { openNode, makeDue, listRows } = world;

describe("a job that comes back", () => {
  const everyMs = 3_600_000;

  test("is one for all nodes, due after its time, and done by one of them", async () => {
    let count = 0;
    const opened = [0, 1].map(() => openNode({ everyMs, run: async () => void count++ }));
    await Promise.all(opened.map(({ jobs }) => jobs.start()));
    await Promise.all(opened.map(({ queue }) => queue.runDue()));
    expect(count).toBe(0);
    expect(await listRows()).toHaveLength(1);
    for (const round of [1, 2]) {
      await makeDue();
      await Promise.all(opened.map(({ queue }) => queue.runDue()));
      expect(count).toBe(round);
      expect((await listRows())[0]?.wait_ms).toBeWithin(everyMs - 5_000, everyMs + 1);
    }
  });

  test("keeps its time over restarts, and takes a shorter one at once", async () => {
    await openNode({ everyMs, run: async () => {} }).jobs.start();
    await world.database.db.sql`update platform_jobs set due_at = clock_timestamp() + interval '10 min'`;
    await openNode({ everyMs, run: async () => {} }).jobs.start();
    expect((await listRows())[0]?.wait_ms).toBeWithin(590_000, 600_001);
    await openNode({ everyMs: 60_000, run: async () => {} }).jobs.start();
    expect((await listRows())[0]?.wait_ms).toBeWithin(50_000, 60_001);
  });

  test("keeps its lease while a program that wants it oftener starts", async () => {
    const { reached, go, hold } = heldWork();
    const { jobs, queue } = openNode({ everyMs, run: hold });
    await jobs.start();
    await queue.request();
    await reached;
    await openNode({ everyMs: 1_000, run: async () => {} }).jobs.start();
    expect((await listRows())[0]?.wait_ms).toBeGreaterThan(30_000);
    go();
    await queue.runDue();
    expect((await listRows())[0]?.wait_ms).toBeLessThan(1_001);
  });

  test("asked for on a node that has stopped is left to the others", async () => {
    const { jobs, queue } = openNode({ everyMs, run: () => Promise.reject(new Error("a node that stopped worked")) });
    await jobs.start();
    await jobs.stop();
    await queue.runNow();
    expect((await listRows())[0]?.wait_ms).toBeLessThan(0);
  });

  test("that fails is tried before its time, and never later than it", async () => {
    const { jobs, queue } = openNode({ everyMs: 5_000, run: () => Promise.reject(new Error("no")) });
    await jobs.start();
    for (let i = 0; i < 6; i++) {
      await makeDue();
      await queue.runDue();
    }
    const [row] = await listRows();
    expect([row?.attempts, (row?.wait_ms ?? 0) <= 5_000]).toEqual([6, true]);
  });

  test("comes at once when it is asked for, and once more when that was in the middle of a round", async () => {
    let count = 0;
    const { reached, go, hold } = heldWork();
    const { jobs, queue } = openNode({ everyMs, run: (job) => (++count === 1 ? hold(job) : Promise.resolve()) });
    await jobs.start();
    await queue.request();
    await reached;
    await queue.request();
    go();
    await eventually("the second round ran", () => count === 2);
    await queue.runDue();
    expect(count).toBe(2);
    expect((await listRows())[0]?.wait_ms).toBeGreaterThan(everyMs - 5_000);
  });

  test("of a program of before is forgotten after a week", async () => {
    await openNode({ name: "test.retired", everyMs, run: async () => {} }).jobs.start();
    const { jobs } = openNode({ everyMs, run: async () => {} });
    await jobs.start();
    expect(await listRows()).toHaveLength(2);
    await world.database.db.sql`update platform_jobs set due_at = clock_timestamp() - interval '8 days'`;
    await openNode({ everyMs, run: async () => {} }).jobs.start();
    const rows = await world.database.db.sql<{ kind: string }[]>`select kind from platform_jobs`;
    expect(rows.map(({ kind }) => kind)).toEqual(["test.work"]);
  });
});
