import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** A number of now, or one for each combination of labels. */
type Reading<L extends string> = number | Iterable<{ readonly value: number } & { readonly [label in L]: string }>;

/** What a node counts and measures, for Prometheus. Sources are read when somebody asks, so a number costs nothing until then. */
export interface Metrics {
  /** A number that goes up and down. `labels` are what a reading of several is distinguished by. */
  gauge<L extends string = never>(name: string, help: string, read: () => Reading<L>, labels?: readonly L[]): void;
  /** A number that only grows while the process lives; its name ends with `_total`. */
  counter<L extends string = never>(name: string, help: string, read: () => Reading<L>, labels?: readonly L[]): void;
  /** Notes durations in ms; they are presented in seconds. */
  duration(name: string, help: string): (ms: number) => void;
  readonly contentType: string;
  render(): Promise<string>;
}

/** From a tenth of a millisecond, which is a command without the database, to the ten seconds after which one is refused. */
const secondsBounds = [0.000_1, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Makes the metrics of one node, those of the process among them. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    gauge(name, help, read, labels = []) {
      new Gauge({
        name,
        help,
        labelNames: [...labels],
        registers: [registry],
        collect() {
          this.reset();
          for (const [of, value] of readingsOf(read(), labels)) this.set(of, value);
        },
      });
    },
    counter(name, help, read, labels = []) {
      new Counter({
        name,
        help,
        labelNames: [...labels],
        registers: [registry],
        collect() {
          this.reset();
          for (const [of, value] of readingsOf(read(), labels)) this.inc(of, value);
        },
      });
    },
    duration(name, help) {
      const histogram = new Histogram({ name, help, buckets: secondsBounds, registers: [registry] });
      return (ms) => histogram.observe(ms / 1_000);
    },
    contentType: registry.contentType,
    render: () => registry.metrics(),
  };
}

type Labels<L extends string> = Partial<Record<L, string>>;

function* readingsOf<L extends string>(
  reading: Reading<L>,
  labels: readonly L[],
): Iterable<readonly [Labels<L>, number]> {
  if (typeof reading === "number") yield [{}, reading];
  else for (const each of reading) yield [pick(each, labels), each.value];
}

function pick<L extends string>(from: { readonly [label in L]: string }, labels: readonly L[]): Labels<L> {
  const picked: Labels<L> = {};
  for (const label of labels) picked[label] = from[label];
  return picked;
}
