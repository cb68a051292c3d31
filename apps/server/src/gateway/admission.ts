import type { Clock, Timer } from "@maru/protocol";
import { fail } from "../platform/errors.ts";
import { TokenBucket } from "../platform/token-bucket.ts";

export type AdmissionBounds = {
  /** Authentications at the same time. */
  readonly maxRunning: number;
  /** Those that may wait for their turn; whoever comes beyond is refused with the time to come back. */
  readonly maxWaiting: number;
  /** Authentications begun in a second, and how many may begin at once. */
  readonly perSecond: number;
  readonly burst: number;
};

type Waiting = { readonly isStillWanted: () => boolean; readonly start: () => void; readonly drop: () => void };

/** Ten thousand who come back are in after three seconds, at a third of a core. */
export const usualAdmission: AdmissionBounds = { maxRunning: 64, maxWaiting: 20_000, perSecond: 3_000, burst: 500 };

/**
 * Lets authentications begin at a bounded rate. After a node dies, ten thousand clients come at once; those who are
 * connected already must not feel it.
 */
export class Admission {
  readonly #clock: Clock;
  readonly #bounds: AdmissionBounds;
  readonly #bucket: TokenBucket;
  #running = 0;
  #waiting: Waiting[] = [];
  /** Place of the first who still waits: taking from the front of a long array costs its length. */
  #front = 0;
  #timer: Timer | null = null;

  constructor(clock: Clock, bounds: AdmissionBounds) {
    this.#clock = clock;
    this.#bounds = bounds;
    this.#bucket = new TokenBucket(bounds.burst, clock.monotonic());
  }

  get waitingCount(): number {
    return this.#waiting.length - this.#front;
  }

  /**
   * Runs `work` when its turn comes; throws `server.busy` when the queue is full. Who is no longer wanted by then (its
   * socket is gone) takes nobody's turn and fails with `connection.required`.
   */
  async admit<T>(isStillWanted: () => boolean, work: () => Promise<T>): Promise<T> {
    const { maxWaiting, perSecond } = this.#bounds;
    if (this.waitingCount >= maxWaiting) {
      throw fail("server.busy", undefined, { retryAfterMs: 1_000 + Math.ceil((maxWaiting / perSecond) * 1_000) });
    }
    await new Promise<void>((start, refuse) => {
      const drop = () => refuse(fail("connection.required"));
      this.#waiting.push({ isStillWanted, start, drop });
      this.#callNext();
    });
    try {
      return await work();
    } finally {
      this.#running--;
      this.#callNext();
    }
  }

  stop(): void {
    if (this.#timer) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #callNext(): void {
    const { maxRunning, perSecond, burst } = this.#bounds;
    while (this.waitingCount > 0 && this.#running < maxRunning && !this.#timer) {
      const first = this.#waiting[this.#front] as Waiting;
      if (!first.isStillWanted()) {
        this.#front++;
        first.drop();
        continue;
      }
      const waitMs = this.#bucket.take(perSecond, burst, this.#clock.monotonic());
      if (waitMs > 0) {
        this.#timer = this.#clock.setTimeout(() => {
          this.#timer = null;
          this.#callNext();
        }, waitMs);
        return;
      }
      this.#running++;
      this.#front++;
      first.start();
    }
    if (this.#front < 1_000 && this.waitingCount > 0) return;
    this.#waiting.splice(0, this.#front);
    this.#front = 0;
  }
}
