import type { BenchOptions } from "../bench-options.ts";
import type { Unit } from "../metric.ts";
import type { Stage } from "../stage.ts";
import type { Checkout } from "./checkout.ts";

/** One of the servers that are compared: a checkout, and a stage on it that lasts as long as the comparison. */
export type Arm = {
  readonly checkout: Checkout;
  /** The stage that comparables share, opened when the first one asks. */
  stage(): Promise<Stage>;
};

/** What one round gave. `faults` are things that must not happen whatever the speed. */
export type Sample = {
  readonly values: Readonly<Record<string, { readonly unit: Unit; readonly value: number }>>;
  readonly faults: readonly string[];
};

/** A part of a bench that can be measured in rounds on several servers that run side by side, one at work at a time. */
export type Comparable = {
  readonly name: string;
  readonly doc: string;
  open(arm: Arm, options: BenchOptions): Promise<Subject>;
};

export type Subject = {
  sample(ms: number): Promise<Sample>;
  close(): Promise<void>;
};
