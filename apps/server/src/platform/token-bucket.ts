/**
 * Limits a rate: `burst` at once, `perSecond` sustained. Time comes from the caller in monotonic ms, so a bucket is two
 * numbers and no timer.
 */
export class TokenBucket {
  #tokens: number;
  #at: number;

  constructor(burst: number, nowMs: number) {
    this.#tokens = burst;
    this.#at = nowMs;
  }

  /** Takes one token: 0 when it was there, else the ms until one will be. */
  take(perSecond: number, burst: number, nowMs: number): number {
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#at) / 1000) * perSecond);
    this.#at = nowMs;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.#tokens) / perSecond) * 1000);
  }
}
