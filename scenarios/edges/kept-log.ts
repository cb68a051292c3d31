import { createLog, type Log } from "../../apps/server/src/platform/log.ts";

/** A log of which the lines are kept that tell of a fault of ours. */
export type FaultLog = {
  readonly log: Log;
  /** The lines since the last look. */
  take(): string[];
};

/** Makes a log as the product writes it; keeps what is an error, and whatever tells a stack. */
export function keepFaults(): FaultLog {
  const lines: string[] = [];
  const write = (line: string) => {
    if (/"level":"error"|\\n\s+at /.test(line)) lines.push(line);
  };
  return { log: createLog({ level: "info", write, now: Date.now }), take: () => lines.splice(0) };
}
