import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { eventually, settle } from "@maru/testkit";
import type { Database } from "../db/database.ts";
import { heldWork, useJobsWorld } from "./fixtures/jobs.fixture.ts";
import { failingTries } from "./inspect-jobs.ts";
import { type Job, JobLost } from "./job.ts";
import type { Jobs } from "./jobs.ts";
import { listJobStates } from "./store-jobs.ts";

const world = useJobsWorld();
const { openNode, makeDue, listRows, listEffects } = world;

/** Work that writes one thing with the job's end and one without. */
const writeBoth = (db: Database, worker: string, before: (job: Job) => Promise<void>) => async (job: Job) => {
  await before(job);
  await db.sql`insert into job_effects values ('free', ${worker})`;
  await db.transaction(async (tx) => {
    await tx`insert into job_effects values ('fenced', ${worker})`;
    await job.complete(tx);
  });
};

describe("a worker", () => {
  test("that is killed leaves its job to the next, and what stood under the job's end happens once", async () => {
    const { queue } = openNode({ run: async () => {} });
    await queue.add(world.database.db.sql, { payload: "it" });
    const { target, name } = world.database;
    if (!("socketPath" in target)) throw new Error("the tests' database is reached by a socket");
    const words = [target.socketPath, target.username, name];
    const child = Bun.spawn([process.execPath, join(import.meta.dir, "fixtures/killed-worker.fixture.ts"), ...words], {
      stdout: "pipe",
      stderr: "inherit",
    });
    const { value } = await child.stdout.getReader().read();
    expect(new TextDecoder().decode(value)).toBe("in hand\n");
    child.kill("SIGKILL");
    await child.exited;
    const next = openNode({
      run: async (job) => {
        await world.database.db.transaction(async (tx) => {
          await tx`insert into job_effects values (${`done ${job.payload}`}, ${`try ${job.attempt}`})`;
          await job.complete(tx);
        });
      },
    });
    // Its lease runs on: nobody takes what may still be in hand.
    await next.queue.runDue();
    expect(await listEffects()).toEqual(["begun it by killed"]);
    await makeDue();
    await next.queue.runDue();
    expect(await listEffects()).toEqual(["begun it by killed", "done it by try 2"]);
    expect(await listRows()).toEqual([]);
  }, 30_000);

  test("that was frozen beyond its lease writes nothing under its fence, and ends nobody's job", async () => {
    const { reached, go, hold } = heldWork();
    const frozen = openNode({ run: writeBoth(world.database.db, "frozen", hold) });
    const next = openNode({ run: writeBoth(world.database.db, "next", async () => {}) });
    await frozen.queue.add(world.database.db.sql);
    const waking = frozen.queue.runDue();
    const job = await reached;
    await makeDue();
    await next.queue.runDue();
    go();
    await waking;
    expect(job.isStopping).toBe(true);
    // What is not under the fence shows that the frozen one did go on.
    expect(await listEffects()).toEqual(["fenced by next", "free by frozen", "free by next"]);
    expect(frozen.jobs.countEndings().find(({ ending }) => ending === "lost")?.value).toBe(1);
  });

  test("that lost its job neither ends nor puts back the taking of another", async () => {
    const [slow, other] = [heldWork(), heldWork()];
    const frozen = openNode({ run: slow.hold });
    const next = openNode({ run: other.hold });
    await frozen.queue.add(world.database.db.sql);
    const waking = frozen.queue.runDue();
    await slow.reached;
    await makeDue();
    const working = next.queue.runDue();
    const job = await other.reached;
    slow.go();
    await waking;
    expect((await listRows())[0]?.holder).not.toBeNull();
    await world.database.db.transaction((tx) => job.fence(tx));
    other.go();
    await working;
    expect(await listRows()).toEqual([]);
  });

  test("whose fence fails learns it as JobLost, and a lease that ran out untaken is lost for writing too", async () => {
    const { reached, go, hold } = heldWork();
    const { queue } = openNode({ run: hold });
    await queue.add(world.database.db.sql);
    const running = queue.runDue();
    const job = await reached;
    await makeDue();
    await expect(world.database.db.transaction((tx) => job.fence(tx))).rejects.toBeInstanceOf(JobLost);
    go();
    await running;
  });

  test("that works for long prolongs its lease", async () => {
    const { reached, go, hold } = heldWork();
    const { clock, queue } = openNode({ leaseMs: 60_000, run: hold });
    await queue.add(world.database.db.sql);
    const running = queue.runDue();
    const job = await reached;
    await world.database.db.sql`update platform_jobs set due_at = clock_timestamp() + interval '5 s'`;
    await clock.advance(20_000);
    await eventually("the lease was prolonged", async () => ((await listRows())[0]?.wait_ms ?? 0) > 50_000);
    expect(job.isStopping).toBe(false);
    go();
    await running;
  });

  test("that did the work writes so down once the database is back, rather than doing it again", async () => {
    let [count, failures] = [0, 2];
    const db = failing(world.database.db, (text) => text.includes("delete from platform_jobs") && failures-- > 0);
    const { clock, queue } = openNode({ run: async () => void count++ }, { db });
    await queue.add(world.database.db.sql);
    const running = queue.runDue();
    await eventually("the end could not be written", () => failures < 2);
    await eventually("time was given", async () => {
      await clock.advance(500);
      return (await listRows()).length === 0;
    });
    await running;
    expect([count, failures]).toEqual([1, -1]);
  });

  test("whose transaction fails after it ended the job there has not done it: it waits for its pause and is tried again", async () => {
    let count = 0;
    const { jobs, queue } = openNode({
      firstDelayMs: 5_000,
      run: (job) =>
        world.database.db.transaction(async (tx) => {
          await job.complete(tx);
          if (count++ === 0) throw new Error("it was taken back");
        }),
    });
    await queue.add(world.database.db.sql);
    await queue.runDue();
    const [row] = await listRows();
    expect([row?.holder, (row?.wait_ms ?? 0) <= 5_000]).toEqual([null, true]);
    await makeDue();
    await queue.runDue();
    expect([count, await listRows(), countsOf(jobs)]).toEqual([2, [], { done: 1, retried: 1, expired: 0, lost: 0 }]);
  });

  test("that fails after the job has ended for good has done it, and lets a job that comes back keep its time", async () => {
    for (const everyMs of [undefined, 3_600_000]) {
      const { jobs, queue } = openNode({
        name: `test.${everyMs}`,
        ...(everyMs ? { everyMs } : {}),
        async run(job) {
          await world.database.db.transaction((tx) => job.complete(tx));
          throw new Error("too late");
        },
      });
      if (everyMs) await queue.runNow();
      else await queue.add(world.database.db.sql).then(() => queue.runDue());
      expect(countsOf(jobs)).toEqual({ done: 1, retried: 0, expired: 0, lost: 0 });
    }
    const [row, ...others] = await listRows();
    expect([row?.attempts, (row?.wait_ms ?? 0) > 3_000_000, others]).toEqual([0, true, []]);
  });

  test("that gives up a job as it is asked for again leaves it to be done", async () => {
    let isAsking = true;
    const done: number[] = [];
    const ask = async () => {
      if (!isAsking) return;
      isAsking = false;
      await queue.add(world.database.db.sql, { key: "k", lifeMs: 60_000 });
    };
    const db = beforeStatement(world.database.db, "delete from platform_jobs", ask);
    const { queue } = openNode({ run: async ({ attempt }) => void done.push(attempt) }, { db });
    await queue.add(world.database.db.sql, { key: "k", lifeMs: 0 });
    await queue.runDue();
    await queue.runDue();
    expect([isAsking, done, await listRows()]).toEqual([false, [1], []]);
  });

  test("that dies of its job every time is told to the operator, also while the next one has it in hand", async () => {
    const { sql } = world.database.db;
    const { reached, go, hold } = heldWork();
    const { queue } = openNode({ run: hold });
    await queue.add(sql);
    await sql`update platform_jobs set attempts = 4`;
    const running = queue.runDue();
    await reached;
    const failing = async () => (await listJobStates(sql, failingTries))[0]?.failingCount;
    expect(await failing()).toBe(0);
    await sql`update platform_jobs set attempts = attempts + 1`;
    expect(await failing()).toBe(1);
    go();
    await running;
  });

  test("that stops ends what it has in hand, takes nothing more and leaves the rest", async () => {
    const { reached, go, hold } = heldWork();
    const { jobs, queue } = openNode({ run: hold });
    for (let i = 0; i < 3; i++) await queue.add(world.database.db.sql);
    await jobs.start();
    const job = await reached;
    let hasStopped = false;
    const stopping = jobs.stop().then(() => {
      hasStopped = true;
    });
    await settle();
    expect([hasStopped, job.isStopping]).toEqual([false, true]);
    go();
    await stopping;
    queue.wake();
    expect((await listRows()).map(({ holder }) => holder)).toEqual([null, null]);
  });

  test("that cannot end in time is waited for so long and no longer, and keeps its lease", async () => {
    const { reached, go, hold } = heldWork();
    const { clock, jobs, queue } = openNode({ run: hold });
    await queue.add(world.database.db.sql);
    await jobs.start();
    await reached;
    const stopping = jobs.stop();
    await clock.advance(25_000);
    await stopping;
    expect((await listRows())[0]?.wait_ms).toBeGreaterThan(30_000);
    go();
    await queue.runDue();
  });
});

const countsOf = (jobs: Jobs) =>
  Object.fromEntries(jobs.countEndings().map(({ ending, value }) => [ending, value] as const));

/** The database with something that happens just before a statement. */
function beforeStatement(db: Database, words: string, work: () => Promise<void>): Database {
  const sql = new Proxy(db.sql, {
    apply(target, self, args) {
      const run = () => Reflect.apply(target as unknown as (...given: unknown[]) => unknown, self, args);
      return (args[0] as readonly string[]).join("?").includes(words) ? work().then(run) : run();
    },
  });
  return Object.create(db, { sql: { value: sql } }) as Database;
}

/** The database with statements that fail, as when it goes away in between. */
function failing(db: Database, fails: (text: string) => boolean): Database {
  const sql = new Proxy(db.sql, {
    apply(target, self, args) {
      const [words] = args as [readonly string[]];
      if (fails(words.join("?"))) return Promise.reject(new Error("the database is away"));
      return Reflect.apply(target as unknown as (...given: unknown[]) => unknown, self, args);
    },
  });
  return Object.create(db, { sql: { value: sql } }) as Database;
}
