import { fail } from "./errors.ts";

/**
 * Lets so many pieces of work of one kind run at a time; the owners of what waits take turns, each in its own order. For
 * what holds something scarce for long, such as a connection of the pool: who comes for something short finds one free, and
 * who asks a thousand times keeps nobody waiting who asks once.
 */
export class Semaphore {
  readonly #permits: number;
  readonly #maxWaiting: number;
  /** By owner; the owner whose turn is next comes first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #waitingCount = 0;
  #running = 0;

  constructor(bounds: { readonly permits: number; readonly maxWaiting: number }) {
    this.#permits = bounds.permits;
    this.#maxWaiting = bounds.maxWaiting;
  }

  /** Runs work when a permit is free; fails with `server.busy` when too much waits for one. */
  async run<T>(owner: string, work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#permits) this.#running++;
    else await this.#wait(owner);
    try {
      return await work();
    } finally {
      const next = this.#takeNext();
      // Handed on rather than given back: nobody who comes now gets in before who waits.
      if (next) next();
      else this.#running--;
    }
  }

  #wait(owner: string): Promise<void> {
    if (this.#waitingCount >= this.#maxWaiting) throw fail("server.busy");
    this.#waitingCount++;
    return new Promise((resolve) => {
      const own = this.#waiting.get(owner);
      if (own) own.push(resolve);
      else this.#waiting.set(owner, [resolve]);
    });
  }

  #takeNext(): (() => void) | undefined {
    const first = this.#waiting.entries().next().value;
    if (first === undefined) return undefined;
    const [owner, own] = first;
    this.#waiting.delete(owner);
    if (own.length > 1) this.#waiting.set(owner, own);
    this.#waitingCount--;
    return own.shift();
  }
}
