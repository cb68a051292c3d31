import type { Clock } from "@maru/protocol";
import { isConnectionFault } from "../../../platform/db/faults.ts";
import { MaruError } from "../../../platform/errors.ts";
import { type Job, JobLost } from "../../../platform/jobs/job.ts";
import type { Jobs } from "../../../platform/jobs/jobs.ts";
import { runWrite } from "../log/retry.ts";
import type { RoomsBus, RoomsDatabase, RoomsLog } from "../ports.ts";
import type { RoomConsumer } from "./consumer.ts";
import { listAdvances, listDueRooms, postponeRoom, settleRooms, storePositions } from "./store-backlogs.ts";

/** Rooms handed over in one transaction. */
const roomsAtOnce = 100;
/** Pauses of a room at which a consumer fails, in ms. */
const pauses = { firstMs: 1_000, maxMs: 60_000 };
/** A consumer whose node is gone goes on elsewhere after this. What it writes meanwhile is fenced, however long it takes. */
const leaseMs = 6_000;
/** How long a job waits for more before it ends, in ms: to end and to begin anew are commits, and rooms that are busy go on. */
const lingerMs = 250;
/** Notifies other nodes that a consumer has more to take; whoever has its job in hand goes on. */
export const backlogSubject = "rooms.backlog";

export type ConsumerRunnerDeps = {
  readonly db: RoomsDatabase;
  readonly bus: RoomsBus;
  readonly clock: Clock;
  readonly log: RoomsLog;
  readonly jobs: Pick<Jobs, "register">;
};

/** Steps that tests replace by faulty ones, to show that the faults are found. Nothing in the product sets them. */
export type HandOverSteps = {
  readonly settleRooms: typeof settleRooms;
  readonly storePositions: typeof storePositions;
};

/**
 * Hands a consumer what it has yet to take. One job for each consumer: one node does it at a time, under the job's fence, and
 * none waits for another.
 */
export class ConsumerRunner {
  readonly #deps: ConsumerRunnerDeps;
  readonly #consumer: RoomConsumer;
  readonly #steps: HandOverSteps;
  readonly #queue: ReturnType<Jobs["register"]>;
  #calling: Promise<void> | null = null;
  #isRunning = false;
  #isWanted = false;
  #isStopping = false;
  /** Ends the wait for more. */
  #endLinger: (() => void) | null = null;
  takenCount = 0;
  failedCount = 0;

  constructor(deps: ConsumerRunnerDeps, consumer: RoomConsumer, faults: Partial<HandOverSteps> = {}) {
    this.#deps = deps;
    this.#consumer = consumer;
    this.#steps = { settleRooms, storePositions, ...faults };
    this.#queue = deps.jobs.register({
      name: `rooms.events.${consumer.name}`,
      leaseMs,
      maxDelayMs: 10_000,
      run: (job) => this.#run(job),
    });
  }

  /** Sees to it that some node hands over. Waits for nobody: the job may be in the hands of a slow consumer. */
  call(): void {
    this.wake();
    if (this.#isRunning) return;
    this.#calling ??= this.#addJob()
      .catch((error: unknown) => this.#deps.log.warn("A consumer of rooms could not be called.", { error }))
      .finally(() => {
        this.#calling = null;
      });
  }

  /** Goes on if the job is in hand here. */
  wake(): void {
    this.#isWanted = true;
    this.#endLinger?.();
  }

  /** Waits for no more, and for nothing but a call that is under way. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#endLinger?.();
    await this.#calling;
  }

  async #addJob(): Promise<void> {
    const { db, bus } = this.#deps;
    if (!(await this.#queue.add(db.sql, { key: "backlog" }))) bus.publish(backlogSubject, this.#consumer.name);
    this.#queue.wake();
  }

  async #run(job: Job): Promise<void> {
    this.#isRunning = true;
    try {
      do {
        this.#isWanted = false;
        await this.#handOver(job);
        await this.#linger(job);
      } while (this.#isWanted && !job.isStopping);
    } finally {
      this.#isRunning = false;
    }
  }

  /** Waits a moment for more; who called while the last look was on its way may have it already. */
  async #linger(job: Job): Promise<void> {
    if (this.#isWanted || this.#isStopping || job.isStopping) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#endLinger = resolve;
    const timer = this.#deps.clock.setTimeout(resolve, lingerMs);
    await promise;
    this.#deps.clock.clearTimeout(timer);
    this.#endLinger = null;
  }

  async #handOver(job: Job): Promise<void> {
    const { db } = this.#deps;
    while (!job.isStopping) {
      const roomIds = await listDueRooms(db.sql, this.#consumer.name, roomsAtOnce);
      if (roomIds.length === 0) return;
      await this.#take(job, roomIds).catch((error: unknown) => this.#takeEach(job, roomIds, error));
    }
  }

  /** One transaction: the job still ours, what the consumer writes, how far it has come. */
  async #take(job: Job, roomIds: readonly string[]): Promise<void> {
    const { db, clock } = this.#deps;
    const { name, kinds } = this.#consumer;
    const startedAt = clock.monotonic();
    const { count, after } = await runWrite(() =>
      db.transaction(async (tx) => {
        await job.fence(tx);
        const advances = await listAdvances(tx, name, roomIds);
        // A program of before may have taken part in more kinds; what is left of those is nobody's any more.
        const wanted = advances.filter(({ kind }) => kinds.includes(kind));
        const announce = wanted.length > 0 ? await this.#consumer.take(tx, wanted) : undefined;
        await this.#steps.storePositions(tx, name, advances);
        return { count: advances.length, after: announce };
      }),
    );
    this.takenCount += count;
    try {
      after?.();
    } catch (error) {
      this.#deps.log.error("A consumer of rooms failed after its commit.", { consumer: name, error });
    }
    await this.#steps.settleRooms(db.sql, name, roomIds, clock.monotonic() - startedAt);
  }

  /** After a failure: each room by itself, so that one at which the consumer fails stops no other. */
  async #takeEach(job: Job, roomIds: readonly string[], error: unknown): Promise<void> {
    if (error instanceof JobLost || isDatabaseAway(error)) throw error;
    const [only] = roomIds;
    if (roomIds.length > 1 || only === undefined) {
      for (const roomId of roomIds) {
        if (job.isStopping) return;
        await this.#take(job, [roomId]).catch((cause: unknown) => this.#takeEach(job, [roomId], cause));
      }
      return;
    }
    this.failedCount++;
    const { db, log } = this.#deps;
    const attempts = await postponeRoom(db.sql, this.#consumer.name, only, pauses);
    log.warn("A consumer failed at a room, which is handed to it again later.", {
      consumer: this.#consumer.name,
      attempts,
      error,
    });
  }
}

/** The gate says so, or the connection broke; all rooms would fail alike, and the job is tried again. */
function isDatabaseAway(error: unknown): boolean {
  return isConnectionFault(error) || (error instanceof MaruError && error.code.startsWith("server."));
}
