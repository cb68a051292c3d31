import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { bucketIndex, bucketMiddle, Histogram } from "./histogram.ts";

const durations = fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: 1, maxLength: 400 });

function exactPercentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1] ?? 0;
}

test("tells every percentile within 0.8 % of the exact one", () => {
  void fc.assert(
    fc.property(durations, fc.constantFrom(0, 1, 50, 90, 99, 99.9, 100), (values, percent) => {
      const histogram = new Histogram();
      for (const value of values) histogram.record(value);
      const exact = exactPercentile(values, percent);
      expect(Math.abs(histogram.percentile(percent) - exact)).toBeLessThanOrEqual(exact * 0.008);
    }),
  );
});

test("is the same whether recorded together or merged from parts", () => {
  void fc.assert(
    fc.property(durations, durations, (left, right) => {
      const [together, a, b] = [new Histogram(), new Histogram(), new Histogram()];
      for (const value of [...left, ...right]) together.record(value);
      for (const value of left) a.record(value);
      for (const value of right) b.record(value);
      expect(Histogram.from(a.buckets(), b.buckets()).buckets()).toEqual(together.buckets());
      a.merge(b);
      expect(a.buckets()).toEqual(together.buckets());
      expect(a.count).toBe(left.length + right.length);
    }),
  );
});

test("gives each duration one bucket, in order, also beside powers of two", () => {
  for (let bit = 1; bit < 44; bit++) {
    const edge = 2 ** bit;
    expect(bucketIndex(edge - 1)).toBeLessThanOrEqual(bucketIndex(edge));
    expect(bucketIndex(edge)).toBeLessThanOrEqual(bucketIndex(edge + 1));
    expect(bucketIndex(bucketMiddle(bucketIndex(edge)))).toBe(bucketIndex(edge));
  }
});

test("tells 0 when nothing was recorded", () => {
  expect(new Histogram().percentile(99)).toBe(0);
});
