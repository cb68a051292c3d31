import type { Log } from "../platform/log.ts";

/** Listeners of one event. One that fails is logged; the others are notified all the same. */
export class Listeners<A extends readonly unknown[]> {
  readonly #listeners: ((...details: A) => void)[] = [];
  readonly #log: Log;
  readonly #what: string;

  constructor(log: Log, what: string) {
    this.#log = log;
    this.#what = what;
  }

  add(listener: (...details: A) => void): void {
    this.#listeners.push(listener);
  }

  notify(...details: A): void {
    for (const listener of this.#listeners) {
      try {
        listener(...details);
      } catch (error) {
        this.#log.error("A listener of connections failed.", { event: this.#what, error });
      }
    }
  }
}
