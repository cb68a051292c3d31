import type { Clock } from "@maru/protocol";
import { TokenBucket } from "./token-bucket.ts";

export type Rate = { readonly perSecond: number; readonly burst: number };

/** Keys remembered at most; beyond it the longest unused is forgotten, and starts with a full bucket. */
const maxKeys = 50_000;

/** Limits how often something is done for one key (an address, an account), on this node. */
export class RateLimiter {
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one: 0 when allowed, else the ms to wait. */
  take(key: string, rate: Rate): number {
    const now = this.#clock.monotonic();
    const bucket = this.#buckets.get(key) ?? new TokenBucket(rate.burst, now);
    // Taken out and put back, so that the map's order is the order of use.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > maxKeys) this.#buckets.delete(this.#buckets.keys().next().value as string);
    return bucket.take(rate.perSecond, rate.burst, now);
  }
}
