import type { Log } from "../platform/log.ts";

/** Those who want to hear of something. One that fails is logged; the others hear of it all the same. */
export class Listeners<A extends readonly unknown[]> {
  readonly #listeners: ((...told: A) => void)[] = [];
  readonly #log: Log;
  readonly #what: string;

  constructor(log: Log, what: string) {
    this.#log = log;
    this.#what = what;
  }

  add(listener: (...told: A) => void): void {
    this.#listeners.push(listener);
  }

  tell(...told: A): void {
    for (const listener of this.#listeners) {
      try {
        listener(...told);
      } catch (error) {
        this.#log.error("A listener of connections failed.", { event: this.#what, error });
      }
    }
  }
}
