import type { SQL } from "bun";
import { finishJob, type Hold, lockJob, type TakenJob } from "./store-jobs.ts";

/** Thrown inside a transaction whose worker no longer holds the job that it writes for. */
export class JobLost extends Error {
  constructor(kind: string) {
    super(`A job of ${kind} is another worker's now.`);
    this.name = "JobLost";
  }
}

/**
 * What came of a try. Nothing: the job is done. `retry`: again after a pause. `pause`: the same, and no other job of this
 * kind is begun here before the next look, because what it needs is away. An error is a `retry` that is logged.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: work that says nothing is done
export type JobOutcome = "retry" | "pause" | void;

/** Work of one kind: how it is done, how much of it at once, how often. */
export type JobKind = {
  /** `feature.noun`. */
  readonly name: string;
  /** Does the work. A worker may die at any moment of it, so what it does twice must come out the same, or stand under {@link Job.complete}. */
  readonly run: (job: Job) => Promise<JobOutcome>;
  /** Jobs done at once by one node; 1 if left out. */
  readonly concurrency?: number;
  /** How long a worker may be silent before another one takes its job, in ms. */
  readonly leaseMs?: number;
  /** The pause after the first failure, in ms; each further one doubles it. */
  readonly firstDelayMs?: number;
  /** The longest pause, in ms. */
  readonly maxDelayMs?: number;
  /** Makes it one job of the whole installation that comes back so long after it was done, in ms. */
  readonly everyMs?: number;
};

/** A job in a worker's hands. */
export class Job {
  readonly id: string;
  readonly key: string | null;
  readonly payload: string | null;
  /** Which try this is, from 1. */
  readonly attempt: number;
  readonly #kind: string;
  readonly #hold: Hold;
  readonly #isStopping: () => boolean;
  #isLost = false;
  #isCompleted = false;

  constructor(kind: string, taken: TakenJob, isStopping: () => boolean) {
    this.id = taken.id;
    this.key = taken.key;
    this.payload = taken.payload;
    this.attempt = taken.attempts;
    this.#kind = kind;
    this.#hold = { id: taken.id, fence: taken.fence };
    this.#isStopping = isStopping;
  }

  /** True once the node drains, or the job is another worker's: long work ends at the next place where it may be cut. */
  get isStopping(): boolean {
    return this.#isLost || this.#isStopping();
  }

  /** Whether the work called {@link complete}; if its transaction failed, that came to nothing. */
  get isCompleted(): boolean {
    return this.#isCompleted;
  }

  /** Locks the job for the rest of the transaction; throws {@link JobLost} when it is another worker's. */
  async fence(tx: SQL): Promise<void> {
    if (await lockJob(tx, this.#hold)) return;
    this.#isLost = true;
    throw new JobLost(this.#kind);
  }

  /** Ends the job with the transaction: what is written there and the end of the job happen both or not at all. */
  async complete(tx: SQL): Promise<void> {
    await this.fence(tx);
    await finishJob(tx, this.#hold);
    this.#isCompleted = true;
  }

  /** To be called by who learns that the job is another worker's. */
  lose(): void {
    this.#isLost = true;
  }
}
