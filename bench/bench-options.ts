import type { LoadCommand } from "./load/compile.ts";

/** What a bench is run with. */
export type BenchOptions = {
  readonly load: LoadCommand;
  /** Everything short, to see that it works; the numbers say little. */
  readonly isQuick: boolean;
  /** Runs of each part; its numbers are their medians. */
  readonly runs: number;
  /** Parts to run, or all. */
  readonly only: readonly string[];
  /** Folder for CPU profiles of the servers. */
  readonly profile: string | undefined;
  /** What is random comes out the same for the same seed; without one, each run has its own. */
  readonly seed?: number | undefined;
  /** How much is sent, where a bench counts sends. */
  readonly sends?: number | undefined;
  readonly print: (text: string) => void;
};
