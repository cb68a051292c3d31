/** Buckets per doubling as a power of two; load/histogram.h counts into the same buckets. */
const subBits = 7;
const subCount = 1 << subBits;

/** Filled buckets as the load clients write them: `[index, count]`, in ns. */
export type Buckets = readonly (readonly [index: number, count: number])[];

/**
 * Counts durations in ns into log-linear buckets, so that a percentile is told within 0.8 % whatever the range and
 * nothing is sampled away.
 */
export class Histogram {
  readonly #counts = new Map<number, number>();
  #count = 0;

  static from(...parts: readonly Buckets[]): Histogram {
    const histogram = new Histogram();
    for (const part of parts) for (const [index, count] of part) histogram.#add(index, count);
    return histogram;
  }

  get count(): number {
    return this.#count;
  }

  /** Adds one duration in ns; a fraction of a ns is cut off. */
  record(ns: number): void {
    this.#add(bucketIndex(ns), 1);
  }

  merge(other: Histogram): void {
    for (const [index, count] of other.#counts) this.#add(index, count);
  }

  /** The duration in ns that `percent` of all stay at or below, or 0 when nothing was recorded. */
  percentile(percent: number): number {
    const wanted = Math.max(1, Math.ceil((percent / 100) * this.#count));
    let seen = 0;
    for (const [index, count] of this.buckets()) {
      seen += count;
      if (seen >= wanted) return bucketMiddle(index);
    }
    return 0;
  }

  /** The filled buckets, ascending. */
  buckets(): [index: number, count: number][] {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }

  #add(index: number, count: number): void {
    this.#counts.set(index, (this.#counts.get(index) ?? 0) + count);
    this.#count += count;
  }
}

/** The bucket of a duration: itself below 128 ns, above that its leading eight bits and their place. */
export function bucketIndex(ns: number): number {
  const value = Math.max(0, Math.floor(ns));
  if (value < subCount) return value;
  let shift = Math.floor(Math.log2(value)) - subBits;
  // log2 of a number just under a power of two may round up to it.
  if (value < 2 ** (shift + subBits)) shift--;
  return shift * subCount + Math.floor(value / 2 ** shift);
}

/** A duration in the middle of a bucket. */
export function bucketMiddle(index: number): number {
  if (index < 2 * subCount) return index;
  const shift = Math.floor(index / subCount) - 1;
  return (index - shift * subCount + 0.5) * 2 ** shift;
}
