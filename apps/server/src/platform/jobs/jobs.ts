import type { Clock } from "@maru/protocol";
import type { SQL } from "bun";
import type { Bus, Unsubscribe } from "../bus/bus.ts";
import type { Database } from "../db/database.ts";
import { newId } from "../ids.ts";
import type { Log } from "../log.ts";
import { PeriodicTask } from "../periodic-task.ts";
import type { JobKind } from "./job.ts";
import { type JobEnding, JobRunner } from "./job-runner.ts";
import { hasJobs, insertJob, listLateness, removeRetiredJobs, requestJob, scheduleJob } from "./store-jobs.ts";

/** How often a worker looks for what is due without being woken, in ms. */
const lookEveryMs = 1_000;
/** How long a node that stops waits for what is in hand, in ms; what takes longer is another worker's after its lease. */
const drainMs = 25_000;
const wakeSubject = "jobs.wake";

export type JobInput = {
  /** While a job of this kind and key stands, no other is added; the key has to say what the payload says. */
  readonly key?: string;
  readonly payload?: string | null;
  readonly delayMs?: number;
  /** After this nobody needs it any more; without it the job is tried until it is done. */
  readonly lifeMs?: number;
};

/** The jobs of one kind, for who owes the work. */
export type JobQueue = {
  /**
   * Adds a job with the caller's transaction; {@link wake} after commit. False when one of its key stands: it is due as
   * early, and once more if somebody works on it.
   */
  add(sql: SQL, input?: JobInput): Promise<boolean>;
  /** Makes a job that comes back due now, rather than with its time. */
  request(): Promise<void>;
  /** Does a job that comes back here and now, through the table and under its fence, unless another node has it in hand. */
  runNow(): Promise<void>;
  /** Looks for what is due without waiting for the next look, on this node or, if it does no jobs, on those that do. */
  wake(): void;
  /** Does here what is due and resolves when it is done, also where the node does no jobs. */
  runDue(): Promise<void>;
  /** Whether at least so many of them stand. */
  has(count: number): Promise<boolean>;
};

export type Jobs = ReturnType<typeof createJobs>;

/**
 * Work that is owed: kept in the database with the transaction that owes it, done once it is due by one node at a time,
 * tried again with growing pauses, taken over when its worker dies. What a worker writes under the job's fence happens once,
 * whoever was frozen or killed in between; what leaves the house may happen once more after a kill.
 *
 * Time is the database's: nodes whose clocks differ agree on what is due.
 */
export function createJobs(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Wakes the workers of other nodes; without it they look every second. */
  readonly bus?: Pick<Bus, "publish" | "subscribe">;
}) {
  const { db, clock, log, bus } = deps;
  const runnerDeps = { db, clock, log, holder: newId() };
  const kinds = new Map<string, JobKind>();
  const runners = new Map<string, JobRunner>();
  let lateness: ReadonlyMap<string, number> = new Map();
  let isWorking = false;
  let unsubscribe: Unsubscribe | null = null;

  async function look(): Promise<void> {
    lateness = await listLateness(db.sql, [...runners.keys()]);
    for (const kind of lateness.keys()) runners.get(kind)?.wake();
  }

  const looking = new PeriodicTask(clock, lookEveryMs, look, (error) =>
    log.warn("Jobs could not be looked through.", { error }),
  );

  function wake(kind: string): void {
    if (isWorking) runners.get(kind)?.wake();
    else bus?.publish(wakeSubject, kind);
  }

  return {
    /** Adds a kind of work; called by the composition root before {@link start}. */
    register(kind: JobKind): JobQueue {
      const { name } = kind;
      if (runners.has(name)) throw new Error(`Two kinds of jobs are called ${name}.`);
      const runner = new JobRunner(runnerDeps, kind);
      kinds.set(name, kind);
      runners.set(name, runner);
      return {
        add: (sql, input = {}) =>
          insertJob(sql, {
            ...{ id: newId(), kind: name, key: input.key ?? null, payload: input.payload ?? null },
            ...{ delayMs: input.delayMs ?? 0, lifeMs: input.lifeMs ?? null },
          }),
        async request() {
          await requestJob(db.sql, name);
          wake(name);
        },
        async runNow() {
          await scheduleJob(db.sql, { id: newId(), kind: name, everyMs: kind.everyMs ?? 0 });
          await requestJob(db.sql, name);
          // Who asks for it at the same moment locks it for that moment, and what is locked is passed over.
          do await runner.runDue();
          while (!runner.isStopping && (await listLateness(db.sql, [name])).size > 0);
        },
        wake: () => wake(name),
        runDue: () => runner.runDue(),
        has: (count) => hasJobs(db.sql, name, count),
      };
    },

    /** Starts to do jobs on this node. Resolves when those that come back are in the table. */
    async start(): Promise<void> {
      for (const { name, everyMs } of kinds.values()) {
        if (everyMs !== undefined) await scheduleJob(db.sql, { id: newId(), kind: name, everyMs });
      }
      await removeRetiredJobs(db.sql, [...kinds.keys()]);
      unsubscribe = (await bus?.subscribe(wakeSubject, (kind) => isWorking && runners.get(kind)?.wake())) ?? null;
      isWorking = true;
      looking.wake();
    },

    /** Takes nothing more and waits for what is in hand. */
    async stop(): Promise<void> {
      isWorking = false;
      await unsubscribe?.();
      await looking.stop();
      for (const runner of runners.values()) runner.stop();
      const idle = Promise.all([...runners.values()].map((runner) => runner.idle()));
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = clock.setTimeout(resolve, drainMs);
      await Promise.race([idle, late]);
      clock.clearTimeout(timer);
    },

    /** How many jobs of each kind run here, and for how long the earliest has been due, by the last look of a worker. */
    stats: () =>
      [...runners].map(([kind, { runningCount }]) => ({
        ...{ kind, runningCount },
        lateSeconds: (lateness.get(kind) ?? 0) / 1_000,
      })),

    /** How jobs ended on this node. */
    countEndings: () =>
      [...runners].flatMap(([kind, { counts }]) =>
        Object.entries(counts).map(([ending, value]) => ({ kind, ending: ending as JobEnding, value })),
      ),
  };
}
