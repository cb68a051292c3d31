import { fail } from "./errors.ts";

/**
 * Lets so many pieces of work of one kind run at a time, in the order in which they came. For what holds something scarce
 * for long, such as a connection of the pool: who comes for something short finds one free.
 */
export class Semaphore {
  readonly #permits: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(bounds: { readonly permits: number; readonly maxWaiting: number }) {
    this.#permits = bounds.permits;
    this.#maxWaiting = bounds.maxWaiting;
  }

  /** Runs work when a permit is free; fails with `server.busy` when too much waits for one. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#permits) this.#running++;
    else await this.#wait();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // Handed on rather than given back: nobody who comes now gets in before who waits.
      if (next) next();
      else this.#running--;
    }
  }

  #wait(): Promise<void> {
    if (this.#waiting.length >= this.#maxWaiting) throw fail("server.busy");
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
