import type { BenchOptions } from "../bench.ts";
import type { RunResult } from "../load/load-client.ts";
import type { Stage } from "../stage.ts";
import type { Tally } from "../tally.ts";

/** One measurement of the realtime bench. */
export type Part = {
  /** The first word of its numbers' ids. */
  readonly name: string;
  readonly doc: string;
  measure(context: PartContext): Promise<void>;
};

export type PartContext = {
  readonly options: BenchOptions;
  readonly tally: Tally;
  /** The world that most parts share, started when the first one asks. */
  readonly stage: () => Promise<Stage>;
};

/** Notes whatever a run must not show: what was sent comes to everybody once, and nobody is refused or cut off. */
export function checkRun({ tally }: PartContext, part: string, run: RunResult): void {
  const fault = (what: string) =>
    tally.faults.push(`${part}: ${what}${run.firstError && `; first: ${run.firstError}`}`);
  if (run.sent === 0) fault("nothing was sent");
  if (run.refused > 0) fault(`${run.refused} sends refused`);
  if (run.sent !== run.acked + run.refused) fault(`${run.sent - run.acked - run.refused} sends never answered`);
  if (run.missing !== 0) fault(`${run.missing} deliveries missing`);
  if (run.lostSockets > 0) fault(`${run.lostSockets} sockets lost`);
  if (run.clientCpuPercent > 95) tally.notes.push(`${part}: the load client was the limit.`);
}

export const toMs = (ns: number): number => ns / 1e6;
