const firstMs = 500;
const longestMs = 30_000;

/** How long to wait before trying again: doubled each time up to half a minute, spread so that clients do not come in step. */
export class Backoff {
  #attempt = 0;

  constructor(readonly random: () => number) {}

  nextMs(): number {
    const full = Math.min(longestMs, firstMs * 2 ** this.#attempt);
    this.#attempt = Math.min(this.#attempt + 1, 16);
    return full / 2 + (this.random() * full) / 2;
  }

  reset(): void {
    this.#attempt = 0;
  }
}
