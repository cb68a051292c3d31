import type { BenchOptions } from "../bench-options.ts";
import type { Unit } from "../metric.ts";
import type { Arm, Comparable, Sample, Subject } from "./comparable.ts";
import { type Comparison, compareRounds, orderOfRound, type Round } from "./verdict.ts";

export type SampledRound = Readonly<Record<keyof Round, Sample>>;

/** Opens a comparable on each arm and measures it round by round; closes all of it, however that ends. */
export async function measureRounds(
  { open }: Comparable,
  arms: Readonly<Record<keyof Round, Arm>>,
  { options, pairs }: { readonly options: BenchOptions; readonly pairs: number },
): Promise<SampledRound[]> {
  const names = orderOfRound(0);
  const subjects = new Map<keyof Round, Subject>();
  try {
    for (const name of names) subjects.set(name, await open(arms[name], options));
    const rounds: SampledRound[] = [];
    for (let round = 0; round < pairs; round++) {
      const samples: Partial<Record<keyof Round, Sample>> = {};
      for (const name of orderOfRound(round)) {
        const subject = subjects.get(name);
        if (subject) samples[name] = await subject.sample(options.isQuick ? 1_000 : 10_000);
      }
      rounds.push(samples as SampledRound);
    }
    return rounds;
  } finally {
    await Promise.all([...subjects.values()].map((subject) => subject.close()));
  }
}

/** Compares each number that the rounds gave. */
export function compareSamples(samples: readonly SampledRound[]): Record<string, Comparison> {
  const comparisons: Record<string, Comparison> = {};
  for (const [id, { unit }] of Object.entries(samples[0]?.own.values ?? {}) as [string, { unit: Unit }][]) {
    const readValue = (sample: Sample) => sample.values[id]?.value ?? Number.NaN;
    const rounds = samples.map(({ own, other, otherAgain }) => ({
      own: readValue(own),
      other: readValue(other),
      otherAgain: readValue(otherAgain),
    }));
    comparisons[id] = compareRounds(unit, rounds);
  }
  return comparisons;
}
