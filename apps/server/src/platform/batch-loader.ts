/**
 * Answers single questions by batches: while one batch is read, the next one gathers. Ten thousand clients that come
 * back ask the database by batch, not one by one.
 */
export class BatchLoader<K, V> {
  readonly #run: (keys: readonly K[]) => Promise<ReadonlyMap<K, V>>;
  readonly #max: number;
  #waiting = new Map<K, { resolve: (value: V | undefined) => void; reject: (error: unknown) => void }[]>();
  #isRunning = false;

  constructor(max: number, run: (keys: readonly K[]) => Promise<ReadonlyMap<K, V>>) {
    this.#max = max;
    this.#run = run;
  }

  /** Asks for one key; undefined when the batch's answer has none. */
  load(key: K): Promise<V | undefined> {
    return new Promise((resolve, reject) => {
      const others = this.#waiting.get(key);
      if (others) others.push({ resolve, reject });
      else this.#waiting.set(key, [{ resolve, reject }]);
      if (this.#isRunning) return;
      this.#isRunning = true;
      queueMicrotask(() => this.#drain());
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting].slice(0, this.#max);
      for (const [key] of batch) this.#waiting.delete(key);
      try {
        const found = await this.#run(batch.map(([key]) => key));
        for (const [key, requesters] of batch) for (const requester of requesters) requester.resolve(found.get(key));
      } catch (error) {
        for (const [, requesters] of batch) for (const requester of requesters) requester.reject(error);
      }
    }
    this.#isRunning = false;
  }
}
