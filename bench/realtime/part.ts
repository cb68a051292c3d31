import type { BenchOptions } from "../bench-options.ts";
import type { RunResult } from "../load/load-client.ts";
import type { MetricCollector } from "../metric-collector.ts";
import type { Stage } from "../stage.ts";

/** One measurement of the realtime bench. */
export type Part = {
  /** The first word of its numbers' ids. */
  readonly name: string;
  readonly doc: string;
  measure(context: PartContext): Promise<void>;
};

export type PartContext = {
  readonly options: BenchOptions;
  readonly collector: MetricCollector;
  /** The world that most parts share, started when the first one asks. */
  readonly stage: () => Promise<Stage>;
};

/** Notes whatever a run must not show, and a load client that was the limit. */
export function checkRun({ collector }: PartContext, part: string, run: RunResult): void {
  collector.faults.push(...listRunFaults(run).map((fault) => `${part}: ${fault}`));
  if (run.clientCpuPercent > 95) collector.notes.push(`${part}: the load client was the limit.`);
}

/** Lists what a run must not show: what was sent comes to everybody once, and nobody is refused or cut off. */
export function listRunFaults(run: RunResult): string[] {
  const faults: string[] = [];
  const fault = (what: string) => faults.push(`${what}${run.firstError && `; first: ${run.firstError}`}`);
  if (run.sent === 0) fault("nothing was sent");
  if (run.refused > 0) fault(`${run.refused} sends refused`);
  if (run.sent !== run.acked + run.refused) fault(`${run.sent - run.acked - run.refused} sends never answered`);
  if (run.missing !== 0) fault(`${run.missing} deliveries missing`);
  if (run.lostSockets > 0) fault(`${run.lostSockets} sockets lost`);
  return faults;
}

export const toMs = (ns: number): number => ns / 1e6;
