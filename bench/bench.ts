import type { Comparable } from "./against/comparable.ts";
import type { BenchOptions } from "./bench-options.ts";
import type { Metric } from "./metric.ts";
import type { WorldPlan } from "./world.ts";

/** What came of it. `faults` are things that must not happen whatever the speed: a lost delivery, a refused send. */
export type BenchResult = {
  readonly settings: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly notes: readonly string[];
  readonly faults: readonly string[];
};

export type Bench = {
  readonly name: string;
  readonly doc: string;
  /** Each begins with its name and a colon. */
  readonly parts: readonly string[];
  /** Throws words when `--only` names what there is not; without it, the names of the parts are what there is. */
  readonly checkParts?: (only: readonly string[]) => void;
  /** False for a bench that is too long for the tour even when it is short. */
  readonly isInTour: boolean;
  /** What of it can be compared with another commit, and the world for that. */
  readonly comparison?: { readonly world: WorldPlan; readonly comparables: readonly Comparable[] };
  run(options: BenchOptions): Promise<BenchResult>;
};
