import type { Clock, Timer } from "@maru/protocol";
import { fail } from "../errors.ts";

export type GateLimits = {
  /** Database calls at the same time. */
  readonly maxRunning: number;
  /** Calls that may wait for their turn. */
  readonly maxWaiting: number;
  /** The longest a call takes, waiting included, in ms. */
  readonly deadlineMs: number;
};

/**
 * Stands before the database. The driver has no time-out and queues without bound: with a frozen Postgres 20,000 queries
 * hung for ever. Here a call beyond the bound is refused at once, and each call ends within its deadline with
 * `server.busy`; what the driver does later frees the place, and its result is dropped.
 */
export class Gate {
  #runningCount = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #clock: Clock;
  readonly #limits: GateLimits;

  constructor(clock: Clock, limits: GateLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  get runningCount(): number {
    return this.#runningCount;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#runningCount >= this.#limits.maxRunning && this.#waiting.length >= this.#limits.maxWaiting) {
      return Promise.reject(fail("server.busy", undefined, { retryAfterMs: 1_000 }));
    }
    return new Promise<T>((resolve, reject) => {
      let isOver = false;
      const timer: Timer = this.#clock.setTimeout(() => {
        isOver = true;
        const place = this.#waiting.indexOf(start);
        if (place >= 0) this.#waiting.splice(place, 1);
        reject(fail("server.busy", undefined, { retryAfterMs: 1_000 }));
      }, this.#limits.deadlineMs);
      const end = () => {
        this.#clock.clearTimeout(timer);
        this.#runningCount--;
        this.#waiting.shift()?.();
      };
      const start = () => {
        this.#runningCount++;
        work().then(
          (value) => {
            end();
            if (!isOver) resolve(value);
          },
          (error) => {
            end();
            if (!isOver) reject(error);
          },
        );
      };
      if (this.#runningCount < this.#limits.maxRunning) start();
      else this.#waiting.push(start);
    });
  }
}
