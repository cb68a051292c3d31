import type { Clock } from "@maru/protocol";
import type { Database } from "../db/database.ts";
import type { Log } from "../log.ts";
import { PeriodicTask } from "../periodic-task.ts";
import { Job, type JobKind, JobLost, type JobOutcome } from "./job.ts";
import { finishJob, putBackJob, renewJob, type TakenJob, takeJob } from "./store-jobs.ts";

/** Longer than any transaction may take, so that who works is not taken for dead. */
const usualLeaseMs = 60_000;
const usualFirstDelayMs = 1_000;
const usualMaxDelayMs = 3_600_000;
/** Between two tries to write down how a job ended, in ms. */
const settlePauseMs = 500;

/** How jobs ended: done, put back, given up because their time was over, or another worker's meanwhile. */
export type JobEnding = "done" | "retried" | "expired" | "lost";

type JobFailure = NonNullable<Exclude<JobOutcome, void>>;

/** Does the jobs of one kind on this node: so many at once, each under a lease that it prolongs while it works. */
export class JobRunner {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #holder: string;
  readonly #kind: JobKind;
  readonly #lanes = new Set<Promise<void>>();
  readonly #counts: Record<JobEnding, number> = { done: 0, retried: 0, expired: 0, lost: 0 };
  #runningCount = 0;
  #isWoken = false;
  #isPaused = false;
  #isStopping = false;
  #isFailing = false;

  constructor(deps: { db: Database; clock: Clock; log: Log; holder: string }, kind: JobKind) {
    this.#db = deps.db;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#holder = deps.holder;
    this.#kind = kind;
  }

  get runningCount(): number {
    return this.#runningCount;
  }

  get counts(): Readonly<Record<JobEnding, number>> {
    return this.#counts;
  }

  /** Looks for what is due, now. One lane looks; each that finds something starts the next, so a wake for nothing is one question. */
  wake(): void {
    if (this.#isStopping) return;
    this.#isWoken = true;
    this.#isPaused = false;
    this.#startLane();
  }

  /** Does what is due and resolves when nothing is in hand any more. */
  async runDue(): Promise<void> {
    this.wake();
    await this.idle();
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Takes nothing more; what is in hand may end. */
  stop(): void {
    this.#isStopping = true;
  }

  /** Resolves when nothing is in hand. */
  async idle(): Promise<void> {
    while (this.#lanes.size > 0) await Promise.all(this.#lanes);
  }

  #startLane(): void {
    if (this.#lanes.size >= (this.#kind.concurrency ?? 1)) return;
    const lane = this.#runLane().finally(() => this.#lanes.delete(lane));
    this.#lanes.add(lane);
  }

  async #runLane(): Promise<void> {
    const { name, leaseMs = usualLeaseMs } = this.#kind;
    try {
      do {
        this.#isWoken = false;
        while (!this.#isStopping && !this.#isPaused) {
          const taken = await takeJob(this.#db.sql, name, { holder: this.#holder, leaseMs });
          if (!taken) break;
          this.#startLane();
          await this.#run(taken, leaseMs);
        }
        // Who woke while this lane looked in vain may have added something since.
      } while (this.#isWoken && !this.#isStopping);
      if (this.#isFailing) this.#log.info("Jobs are taken again.", { kind: name });
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing)
        this.#log.warn("Jobs could not be taken; they are looked for again.", { kind: name, error });
      this.#isFailing = true;
    }
  }

  async #run(taken: TakenJob, leaseMs: number): Promise<void> {
    const { name } = this.#kind;
    if (taken.isOver) {
      // Not merely removed: who asked for it again meanwhile still needs it.
      await finishJob(this.#db.sql, taken);
      this.#counts.expired++;
      this.#log.warn("A job was given up: its time was over.", { kind: name, attempts: taken.attempts - 1 });
      return;
    }
    const job = new Job(name, taken, () => this.#isStopping);
    const renewal = new PeriodicTask(
      this.#clock,
      leaseMs / 3,
      async () => {
        if (!(await renewJob(this.#db.sql, taken, leaseMs))) job.lose();
      },
      // The next try is a third of the lease away, and who locks the job for a moment is its own work.
      () => {},
    );
    renewal.start();
    this.#runningCount++;
    try {
      const failure = await this.#try(job);
      // Work that failed after it called `complete` may have taken that back with its transaction.
      if (failure === null && job.isCompleted) this.#counts.done++;
      else await this.#settle(taken, { failure, isCompleted: job.isCompleted }, leaseMs);
      if (failure === "pause") this.#isPaused = true;
    } finally {
      this.#runningCount--;
      await renewal.stop();
    }
  }

  async #try(job: Job): Promise<JobFailure | null> {
    try {
      return (await this.#kind.run(job)) ?? null;
    } catch (error) {
      if (!(error instanceof JobLost)) {
        this.#log.warn("A job failed and is tried again.", { kind: this.#kind.name, attempt: job.attempt, error });
      }
      return "retry";
    }
  }

  /** Writes down how it ended, again while the lease lasts: work that is done and not written down is done twice. */
  async #settle(
    taken: TakenJob,
    { failure, isCompleted }: { readonly failure: JobFailure | null; readonly isCompleted: boolean },
    leaseMs: number,
  ): Promise<void> {
    const { firstDelayMs = usualFirstDelayMs, maxDelayMs = usualMaxDelayMs } = this.#kind;
    const delayMs = Math.min(firstDelayMs * 2 ** Math.min(taken.attempts - 1, 30), maxDelayMs);
    const endsAt = this.#clock.monotonic() + leaseMs;
    for (;;) {
      try {
        const isOurs = await (failure === null
          ? finishJob(this.#db.sql, taken)
          : putBackJob(this.#db.sql, taken, delayMs));
        if (isOurs) this.#counts[failure === null ? "done" : "retried"]++;
        else this.#counts[isCompleted ? "done" : "lost"]++;
        return;
      } catch (error) {
        if (this.#isStopping || this.#clock.monotonic() + settlePauseMs >= endsAt) throw error;
        await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, settlePauseMs));
      }
    }
  }
}
