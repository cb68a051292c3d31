import type { Clock } from "@maru/protocol";
import { fail, type MaruError } from "../errors.ts";

export type AdmissionLimits = {
  /** Database calls at the same time. */
  readonly maxRunning: number;
  /** Calls that may wait for their turn. */
  readonly maxWaiting: number;
  /** The longest a caller waits, the wait for a turn included, in ms. */
  readonly deadlineMs: number;
  /** How long a call that nobody waits for any more may go on holding its place, in ms. */
  readonly stuckMs: number;
};

/** What a call knows about its own time. */
export interface Permit {
  /** Throws when the caller was answered that time is up, or is about to be: nothing may be made lasting then. */
  requireTime(): void;
  /** Whether something lasting may have happened by now; decides what a caller is answered when time is up. */
  isUndecided: boolean;
}

/**
 * Stands before the database. The driver has no time-out and queues without bound: with a frozen Postgres 20,000 queries
 * hung for ever. Here a call beyond the bound is refused at once, and each caller has an answer within the deadline:
 * `server.busy` when nothing has happened, `server.unavailable` when the call was on its way and its outcome is not known.
 *
 * A call that goes on after its deadline keeps its place, because the database still works for it, until it ends or
 * counts as stuck; its result is dropped.
 */
export class AdmissionGate {
  #runningCount = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    readonly clock: Clock,
    readonly limits: AdmissionLimits,
    /** Receives each call that failed by itself, and whether its caller had been answered by then. */
    readonly onFailure: (error: unknown, isAnswered: boolean) => void = () => {},
    /** Is called for each call that was under way and got no answer within the deadline. */
    readonly onLate: () => void = () => {},
  ) {}

  get waitingCount(): number {
    return this.#waiting.length;
  }

  get runningCount(): number {
    return this.#runningCount;
  }

  /** `onStuck` is called when the call's place was taken from it, so that the connection it hangs on can be let go. */
  run<T>(work: (permit: Permit) => Promise<T>, onStuck?: () => void): Promise<T> {
    const { clock, limits } = this;
    if (this.#runningCount >= limits.maxRunning && this.#waiting.length >= limits.maxWaiting) {
      return Promise.reject(timeIsUp("server.busy"));
    }
    return new Promise<T>((resolve, reject) => {
      const endsAt = clock.monotonic() + limits.deadlineMs;
      const permit: Permit = {
        isUndecided: true,
        requireTime() {
          if (clock.monotonic() >= endsAt) throw timeIsUp("server.busy");
        },
      };
      let hasStarted = false;
      let hasEnded = false;
      let isAnswered = false;
      const end = () => {
        if (hasEnded) return;
        hasEnded = true;
        clock.clearTimeout(timer);
        this.#runningCount--;
        this.#waiting.shift()?.();
      };
      const start = () => {
        hasStarted = true;
        this.#runningCount++;
        const rejectWith = (error: unknown) => {
          this.onFailure(error, isAnswered);
          reject(error);
        };
        Promise.try(work, permit).then(resolve, rejectWith).finally(end);
      };
      let timer = clock.setTimeout(() => {
        if (!hasStarted) {
          this.#waiting.splice(this.#waiting.indexOf(start), 1);
          reject(timeIsUp("server.busy"));
          return;
        }
        isAnswered = true;
        this.onLate();
        reject(timeIsUp(permit.isUndecided ? "server.unavailable" : "server.busy"));
        timer = clock.setTimeout(() => {
          end();
          onStuck?.();
        }, limits.stuckMs);
      }, limits.deadlineMs);
      if (this.#runningCount < limits.maxRunning) start();
      else this.#waiting.push(start);
    });
  }
}

function timeIsUp(code: "server.busy" | "server.unavailable"): MaruError {
  return fail(code, undefined, { retryAfterMs: 1_000 });
}
