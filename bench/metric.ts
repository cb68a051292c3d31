export type Unit = "per_s" | "us" | "ms" | "s" | "bytes" | "mb" | "percent" | "ratio" | "count";

/** One number of a bench: the median of its runs with the least and the greatest. */
export type Metric = {
  readonly value: number;
  readonly unit: Unit;
  readonly min: number;
  readonly max: number;
  /** The same work done by the thing it is compared with, in the same run. */
  readonly baseline?: number;
};

/** What a number should be: at least or at most. `ofBaseline` is a share of the baseline. */
export type Target = { readonly least?: number; readonly most?: number; readonly ofBaseline?: number };

export type Metrics = Readonly<Record<string, Metric>>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** Puts the values of several runs together. */
export function summarize(unit: Unit, values: readonly number[], baselines: readonly number[] = []): Metric {
  if (values.length === 0) throw new Error("a metric needs at least one value");
  const metric = { value: median(values), unit, min: Math.min(...values), max: Math.max(...values) };
  return baselines.length === 0 ? metric : { ...metric, baseline: median(baselines) };
}

/** Whether a metric is where it should be; null when nothing was asked of it. */
export function meetsTarget(metric: Metric, target: Target | undefined): boolean | null {
  if (target === undefined) return null;
  if (target.least !== undefined && metric.value < target.least) return false;
  if (target.most !== undefined && metric.value > target.most) return false;
  if (
    target.ofBaseline !== undefined &&
    metric.value < target.ofBaseline * (metric.baseline ?? Number.POSITIVE_INFINITY)
  )
    return false;
  return true;
}
