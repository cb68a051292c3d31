import { type Metric, summarize, type Unit } from "./metric.ts";

/** Gathers the values of several runs, and what must not have happened in any. */
export class MetricCollector {
  readonly #values = new Map<
    string,
    { unit: Unit; values: number[]; baselines: number[]; whole: number | undefined }
  >();
  readonly notes: string[] = [];
  readonly faults: string[] = [];

  /** Adds the value of one run. */
  add(id: string, unit: Unit, value: number, baseline?: number): void {
    const entry = this.#entry(id, unit);
    entry.values.push(value);
    if (baseline !== undefined) entry.baselines.push(baseline);
  }

  /** Sets a number over all runs together, such as a percentile, in place of the median of those of the runs. */
  setWhole(id: string, unit: Unit, value: number): void {
    this.#entry(id, unit).whole = value;
  }

  metrics(): Record<string, Metric> {
    const metrics: Record<string, Metric> = {};
    for (const [id, { unit, values, baselines, whole }] of this.#values) {
      const metric = summarize(unit, values, baselines);
      metrics[id] = whole === undefined ? metric : { ...metric, value: whole };
    }
    return metrics;
  }

  #entry(id: string, unit: Unit) {
    let entry = this.#values.get(id);
    if (!entry) {
      entry = { unit, values: [], baselines: [], whole: undefined };
      this.#values.set(id, entry);
    }
    return entry;
  }
}
