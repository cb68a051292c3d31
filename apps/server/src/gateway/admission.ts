import { fail } from "../platform/errors.ts";

/**
 * Lets in a bounded number of authentications at a time. After a node dies, ten thousand clients come at once; each
 * waits its turn here, and those beyond the queue are told when to come back.
 */
export class Admission {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    readonly maxRunning: number,
    readonly maxWaiting: number,
  ) {}

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Runs `work` when its turn comes; throws `server.busy` when the queue is full. */
  async admit<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.maxRunning) {
      if (this.#waiting.length >= this.maxWaiting) {
        throw fail("server.busy", undefined, { retryAfterMs: 1_000 + this.#waiting.length });
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }
}
