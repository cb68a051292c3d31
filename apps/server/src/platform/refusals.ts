/** Keys remembered at once; beyond it the one refused the longest ago is forgotten, and is looked up again. */
const maxKeys = 20_000;

/**
 * Remembers who was refused and until when, and lets one call of a key at a time through to the database. Without it a
 * flood of refused calls would be a flood of questions, all waiting for the lock of one row, on every connection there is.
 */
export class Refusals {
  readonly #until = new Map<string, { readonly until: number; readonly askAgainAt: number }>();
  readonly #running = new Map<string, Promise<unknown>>();

  /** Until when a key is refused, as far as is known here; 0 when it has to be asked. */
  untilOf(key: string, now: number, longestMs: number): number {
    const { until, askAgainAt } = this.#until.get(key) ?? { until: 0, askAgainAt: 0 };
    // A clock that was set back must not refuse for longer than a refusal may last.
    return now < Math.min(until, askAgainAt) && until <= now + longestMs ? until : 0;
  }

  /** Remembers a refusal; where other nodes may end it early, `askAgainAt` says when the database is asked again. */
  note(key: string, until: number, askAgainAt = until): void {
    this.#until.delete(key);
    this.#until.set(key, { until, askAgainAt });
    if (this.#until.size > maxKeys) this.#until.delete(this.#until.keys().next().value as string);
  }

  forget(key: string): void {
    this.#until.delete(key);
  }

  /** Runs what asks the database about a key once every earlier one of the key has been answered. */
  async inTurn<T>(key: string, run: () => Promise<T>): Promise<T> {
    const before = this.#running.get(key);
    const running = before ? before.then(run, run) : run();
    this.#running.set(key, running);
    try {
      return await running;
    } finally {
      if (this.#running.get(key) === running) this.#running.delete(key);
    }
  }
}
