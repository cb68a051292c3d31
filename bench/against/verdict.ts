import { median, type Unit } from "../metric.ts";

/** The value of one number in one round, for each of the three servers. */
export type Round = {
  readonly own: number;
  /** The other commit, twice: what the same program differs from itself is the noise of the machine. */
  readonly other: number;
  readonly otherAgain: number;
};

export type Comparison = {
  readonly unit: Unit;
  readonly own: number;
  readonly other: number;
  /** This commit divided by the other one, round by round. */
  readonly ratio: Spread;
  /** The other commit divided by itself. */
  readonly selfRatio: Spread;
  readonly isWithin: boolean;
};

export type Spread = { readonly median: number; readonly min: number; readonly max: number };

/** Least median ratio of a number that should be high, greatest of one that should be low. */
export const bounds = { leastRatio: 0.95, mostRatio: 1.15 } as const;

/**
 * Compares two commits over rounds in which all servers did the same work in turn. A rate passes from 0.95 of the other
 * commit's on; what should be low passes up to 1.15 times, or where it lies among the values of the other commit itself.
 */
export function compareRounds(unit: Unit, rounds: readonly Round[]): Comparison {
  const own = median(rounds.map((round) => round.own));
  const others = rounds.flatMap((round) => [round.other, round.otherAgain]);
  const ratio = spreadOf(rounds.map((round) => round.own / round.other));
  const selfRatio = spreadOf(rounds.map((round) => round.otherAgain / round.other));
  const isWithin =
    unit === "per_s"
      ? // A rate of nothing is a ratio that is no number, and not within anything.
        ratio.median >= bounds.leastRatio
      : ratio.median <= bounds.mostRatio || (own > 0 && own <= Math.max(...others));
  return { unit, own, other: median(others), ratio, selfRatio, isWithin };
}

/** The order in which the three are measured in a round: each comes first, second and last equally often. */
export function orderOfRound(round: number): readonly (keyof Round)[] {
  const names: (keyof Round)[] = ["own", "other", "otherAgain"];
  return names.map((_, place) => names[(place + round) % names.length] ?? "own");
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}
