import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { eventually, FakeClock, settle } from "@maru/testkit";
import { openTestDatabase, type TestDatabase } from "../../testing/open-test-database.ts";
import { MemoryHub } from "../bus/memory-bus.ts";
import type { Database } from "../db/database.ts";
import { silentLog } from "../log.ts";
import { type Job, type JobKind, JobLost } from "./job.ts";
import { createJobs, type Jobs } from "./jobs.ts";

let database: TestDatabase;
let nodes: Jobs[];
beforeAll(async () => {
  database = await openTestDatabase();
  await database.db.sql`create table job_effects (name text, worker text)`;
});
afterAll(() => database.close());
beforeEach(() => {
  nodes = [];
});
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await database.db.sql`delete from platform_jobs`;
  await database.db.sql`delete from job_effects`;
});

/** A node that does jobs when a test tells it to: its clock stands still, so it looks for nothing by itself. */
function openNode(kind: Partial<JobKind> & Pick<JobKind, "run">, options: { db?: Database; hub?: MemoryHub } = {}) {
  const clock = new FakeClock();
  const { db = database.db, hub } = options;
  const jobs = createJobs({ db, clock, log: silentLog, ...(hub && { bus: hub.connect() }) });
  nodes.push(jobs);
  return { clock, jobs, queue: jobs.register({ name: "test.work", ...kind }) };
}

/** As if the time until a job is due, or its lease, had gone by on the database's clock. */
const makeDue = () => database.db.sql`update platform_jobs set due_at = clock_timestamp()`;
type Row = { key: string | null; attempts: number; wait_ms: number; holder: string | null };
const listRows = async (): Promise<Row[]> => [
  ...(await database.db.sql<Row[]>`
    select key, attempts, holder, extract(epoch from due_at - clock_timestamp())::float8 * 1000 as wait_ms
    from platform_jobs order by id`),
];
const listEffects = async () =>
  (
    await database.db.sql<
      { name: string; worker: string }[]
    >`select name, worker from job_effects order by name, worker`
  ).map(({ name, worker }) => `${name} by ${worker}`);

/** Work that stands still until it is let go on. */
function heldWork() {
  const reached = Promise.withResolvers<Job>();
  const go = Promise.withResolvers<void>();
  const hold = (job: Job): Promise<void> => {
    reached.resolve(job);
    return go.promise;
  };
  return { reached: reached.promise, go: go.resolve, hold };
}

describe("a job", () => {
  test("is done once it is committed, with its words, and is gone then", async () => {
    const done: (string | null)[] = [];
    const { queue } = openNode({ run: async ({ payload }) => void done.push(payload) });
    await database.db.transaction((tx) => queue.add(tx, { payload: '{"말":"안녕"}' }));
    await queue.runDue();
    expect([done, await listRows()]).toEqual([['{"말":"안녕"}'], []]);
  });

  test("of a transaction that rolls back is never done", async () => {
    const { queue } = openNode({ run: () => Promise.reject(new Error("it was done")) });
    const undone = new Error("undone");
    const adding = database.db.transaction(async (tx) => {
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
    await queue.add(database.db.sql, { delayMs: 60_000 });
    await queue.runDue();
    expect(count).toBe(0);
    await makeDue();
    await queue.runDue();
    expect(count).toBe(1);
  });

  test("that nobody needs any more is given up, and one without an end never is", async () => {
    let count = 0;
    const { jobs, queue } = openNode({ run: async () => void count++ });
    await queue.add(database.db.sql, { lifeMs: 0 });
    await queue.add(database.db.sql);
    await queue.runDue();
    expect([count, await listRows()]).toEqual([1, []]);
    const endings = Object.fromEntries(jobs.countEndings().map(({ ending, value }) => [ending, value]));
    expect(endings).toEqual({ done: 1, retried: 0, expired: 1, lost: 0 });
  });

  test("that fails is tried again with pauses that double up to a bound", async () => {
    const { queue } = openNode({ firstDelayMs: 1_000, maxDelayMs: 5_000, run: () => Promise.reject(new Error("no")) });
    await queue.add(database.db.sql);
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
    for (let i = 0; i < 5; i++) await queue.add(database.db.sql);
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
      Array.from({ length: 40 }, (_, i) => (i % 2 ? one : two).queue.add(database.db.sql, { key: "k" })),
    );
    expect(added.filter(Boolean)).toHaveLength(1);
    expect(await one.queue.add(database.db.sql, { key: "other" })).toBe(true);
    await Promise.all([one.queue.runDue(), two.queue.runDue()]);
    expect([count, await one.queue.add(database.db.sql, { key: "k" })]).toEqual([2, true]);
  });

  test("asked for while the job is in hand lets it be done once more", async () => {
    let count = 0;
    const { reached, go, hold } = heldWork();
    const { queue } = openNode({ run: (job) => (count++ === 0 ? hold(job) : Promise.resolve()) });
    await queue.add(database.db.sql, { key: "k" });
    const running = queue.runDue();
    await reached;
    expect([await queue.add(database.db.sql, { key: "k" }), count]).toEqual([false, 1]);
    go();
    await running;
    await queue.runDue();
    expect([count, await listRows()]).toEqual([2, []]);
  });

  test("makes a job that waits as early as who asks last needs it", async () => {
    const { queue } = openNode({ run: async () => {} });
    await queue.add(database.db.sql, { key: "k", delayMs: 60_000 });
    await queue.add(database.db.sql, { key: "k", delayMs: 5_000 });
    await queue.add(database.db.sql, { key: "k", delayMs: 90_000 });
    expect((await listRows())[0]?.wait_ms).toBeWithin(1_000, 5_001);
  });
});

describe("two nodes", () => {
  test("do a burst of 10,000 jobs, each once", async () => {
    const counts = new Map<string, number>();
    const run = async ({ payload }: Job) => void counts.set(payload ?? "", (counts.get(payload ?? "") ?? 0) + 1);
    const opened = [0, 1].map(() => openNode({ concurrency: 4, run }, { db: database.connect({ poolSize: 4 }) }));
    const [{ queue }] = opened as [(typeof opened)[0]];
    for (let batch = 0; batch < 10; batch++) {
      await database.db.transaction(async (tx) => {
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
    for (let i = 0; i < 30; i++) await queue.add(database.db.sql);
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
    await web.queue.add(database.db.sql);
    web.queue.wake();
    await done.promise;
  });

  test("look for what is due by themselves when no word comes", async () => {
    let count = 0;
    const { clock, jobs, queue } = openNode({ run: async () => void count++ });
    await jobs.start();
    await eventually("the first look is over", () => clock.pendingCount > 0);
    await queue.add(database.db.sql);
    await clock.advance(1_000);
    await eventually("the job was found", () => count === 1);
  });
});

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
    await queue.add(database.db.sql, { payload: "it" });
    const { target, name } = database;
    if (!("socketPath" in target)) throw new Error("the tests' database is reached by a socket");
    const words = [target.socketPath, target.username, name];
    const child = Bun.spawn([process.execPath, join(import.meta.dir, "worker-world.ts"), ...words], {
      stdout: "pipe",
      stderr: "inherit",
    });
    const { value } = await child.stdout.getReader().read();
    expect(new TextDecoder().decode(value)).toBe("in hand\n");
    child.kill("SIGKILL");
    await child.exited;
    const next = openNode({
      run: async (job) => {
        await database.db.transaction(async (tx) => {
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
    const frozen = openNode({ run: writeBoth(database.db, "frozen", hold) });
    const next = openNode({ run: writeBoth(database.db, "next", async () => {}) });
    await frozen.queue.add(database.db.sql);
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
    await frozen.queue.add(database.db.sql);
    const waking = frozen.queue.runDue();
    await slow.reached;
    await makeDue();
    const working = next.queue.runDue();
    const job = await other.reached;
    slow.go();
    await waking;
    expect((await listRows())[0]?.holder).not.toBeNull();
    await database.db.transaction((tx) => job.fence(tx));
    other.go();
    await working;
    expect(await listRows()).toEqual([]);
  });

  test("whose fence fails learns it as JobLost, and a lease that ran out untaken is lost for writing too", async () => {
    const { reached, go, hold } = heldWork();
    const { queue } = openNode({ run: hold });
    await queue.add(database.db.sql);
    const running = queue.runDue();
    const job = await reached;
    await makeDue();
    await expect(database.db.transaction((tx) => job.fence(tx))).rejects.toBeInstanceOf(JobLost);
    go();
    await running;
  });

  test("that works for long prolongs its lease", async () => {
    const { reached, go, hold } = heldWork();
    const { clock, queue } = openNode({ leaseMs: 60_000, run: hold });
    await queue.add(database.db.sql);
    const running = queue.runDue();
    const job = await reached;
    await database.db.sql`update platform_jobs set due_at = clock_timestamp() + interval '5 s'`;
    await clock.advance(20_000);
    await eventually("the lease was prolonged", async () => ((await listRows())[0]?.wait_ms ?? 0) > 50_000);
    expect(job.isStopping).toBe(false);
    go();
    await running;
  });

  test("that did the work writes so down once the database is back, rather than doing it again", async () => {
    let [count, failures] = [0, 2];
    const db = failing(database.db, (text) => text.includes("delete from platform_jobs") && failures-- > 0);
    const { clock, queue } = openNode({ run: async () => void count++ }, { db });
    await queue.add(database.db.sql);
    const running = queue.runDue();
    await eventually("the end could not be written", () => failures < 2);
    await eventually("time was given", async () => {
      await clock.advance(500);
      return (await listRows()).length === 0;
    });
    await running;
    expect([count, failures]).toEqual([1, -1]);
  });

  test("that stops ends what it has in hand, takes nothing more and leaves the rest", async () => {
    const { reached, go, hold } = heldWork();
    const { jobs, queue } = openNode({ run: hold });
    for (let i = 0; i < 3; i++) await queue.add(database.db.sql);
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
    await queue.add(database.db.sql);
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
    await database.db.sql`update platform_jobs set due_at = clock_timestamp() + interval '10 min'`;
    await openNode({ everyMs, run: async () => {} }).jobs.start();
    expect((await listRows())[0]?.wait_ms).toBeWithin(590_000, 600_001);
    await openNode({ everyMs: 60_000, run: async () => {} }).jobs.start();
    expect((await listRows())[0]?.wait_ms).toBeWithin(50_000, 60_001);
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
    await database.db.sql`update platform_jobs set due_at = clock_timestamp() - interval '8 days'`;
    await openNode({ everyMs, run: async () => {} }).jobs.start();
    const rows = await database.db.sql<{ kind: string }[]>`select kind from platform_jobs`;
    expect(rows.map(({ kind }) => kind)).toEqual(["test.work"]);
  });
});

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
