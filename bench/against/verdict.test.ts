import { expect, test } from "bun:test";
import { compareRounds, orderOfRound, type Round } from "./verdict.ts";

const rounds = (own: number[], other: number[], otherAgain = other): Round[] =>
  own.map((value, i) => ({ own: value, other: other[i] ?? 0, otherAgain: otherAgain[i] ?? 0 }));

test("a rate passes from 0.95 of the other commit's on", () => {
  const other = [1000, 1000, 1000];
  expect(compareRounds("per_s", rounds([950, 960, 400], other)).isWithin).toBe(true);
  expect(compareRounds("per_s", rounds([949, 940, 2000], other)).isWithin).toBe(false);
});

test("a machine that slows down over the rounds changes no ratio", () => {
  const { ratio } = compareRounds("per_s", rounds([990, 495, 99], [1000, 500, 100]));
  expect(ratio).toEqual({ median: 0.99, min: 0.99, max: 0.99 });
});

test("a slower rate is not excused by a wide spread of the other commit", () => {
  const slow = compareRounds("per_s", rounds([90, 90, 90], [100, 100, 100], [50, 200, 100]));
  expect(slow.selfRatio).toEqual({ median: 1, min: 0.5, max: 2 });
  expect(slow.isWithin).toBe(false);
});

test("a latency passes up to 1.15 times, or among the values of the other commit", () => {
  expect(compareRounds("ms", rounds([11.5, 11.5, 11.5], [10, 10, 10])).isWithin).toBe(true);
  expect(compareRounds("ms", rounds([12, 12, 12], [10, 10, 10])).isWithin).toBe(false);
  expect(compareRounds("ms", rounds([12, 12, 12], [10, 10, 10], [10, 13, 10])).isWithin).toBe(true);
});

test("what was not measured is not within the bounds", () => {
  expect(compareRounds("per_s", rounds([0, 0], [0, 0])).isWithin).toBe(false);
  expect(compareRounds("ms", rounds([0, 0], [0, 0])).isWithin).toBe(false);
  expect(compareRounds("ms", rounds([Number.NaN], [1])).isWithin).toBe(false);
});

test("each of the three is measured first, second and last equally often", () => {
  const orders = [0, 1, 2].map(orderOfRound);
  for (const name of ["own", "other", "otherAgain"] as const) {
    expect(orders.map((order) => order.indexOf(name)).sort()).toEqual([0, 1, 2]);
  }
});
