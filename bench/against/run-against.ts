import type { BenchOptions } from "../bench-options.ts";
import { Stage } from "../stage.ts";
import type { WorldPlan } from "../world.ts";
import { type Checkout, prepareCheckout, thisCheckout } from "./checkout.ts";
import type { Arm, Comparable } from "./comparable.ts";
import { compareSamples, measureRounds } from "./rounds.ts";
import type { Comparison, Round } from "./verdict.ts";

export type AgainstOptions = {
  readonly revision: string;
  readonly pairs: number;
  readonly comparables: readonly Comparable[];
  readonly world: WorldPlan;
  readonly options: BenchOptions;
};

export type AgainstResult = {
  readonly label: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly comparisons: Readonly<Record<string, Comparison>>;
  readonly faults: readonly string[];
};

type Arms = Readonly<Record<keyof Round, Arm & { close(): Promise<void> }>>;

/**
 * Compares this checkout with another commit: three servers stand side by side, this one and the other one twice, and
 * take turns at the same work under the same load client, round by round.
 */
export async function runAgainst(against: AgainstOptions): Promise<AgainstResult> {
  const { options, revision, comparables, world } = against;
  const other = await prepareCheckout(revision, options.print);
  const arms: Arms = {
    own: openArm(thisCheckout, world, options),
    other: openArm(other, world, options),
    otherAgain: openArm(other, world, options),
  };
  const comparisons: Record<string, Comparison> = {};
  const faults: string[] = [];
  let settings: Record<string, string> = {};
  try {
    for (const comparable of comparables) {
      options.print(`${comparable.name}: ${comparable.doc}`);
      const samples = await measureRounds(comparable, arms, against);
      Object.assign(comparisons, compareSamples(samples));
      for (const round of samples) {
        for (const [arm, sample] of Object.entries(round)) {
          faults.push(...sample.faults.map((fault) => `${comparable.name}, ${arm}: ${fault}`));
        }
      }
    }
    settings = (await arms.own.stage()).describeSettings();
  } finally {
    await Promise.all(Object.values(arms).map((arm) => arm.close()));
  }
  return { label: other.label, settings, comparisons, faults: [...new Set(faults)] };
}

function openArm(checkout: Checkout, world: WorldPlan, options: BenchOptions): Arm & { close(): Promise<void> } {
  let opening: Promise<Stage> | undefined;
  return {
    checkout,
    stage() {
      opening ??= Stage.open(world, options, checkout);
      return opening;
    },
    async close() {
      const stage = await opening?.catch(() => undefined);
      await stage?.close();
    },
  };
}
