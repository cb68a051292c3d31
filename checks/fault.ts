import type { SourceTree } from "./source-tree.ts";

/** One thing that breaks a rule. The message says what to do instead. */
export type Fault = { readonly file: string; readonly line?: number; readonly message: string };

export type Findings = {
  /** What was looked at, for the report: "214 modules, 812 imports". */
  readonly read: string;
  readonly faults: readonly Fault[];
  /** Shown, but does not fail the check. */
  readonly warnings?: readonly Fault[];
};

/** One rule of the project. */
export type Check = {
  readonly name: string;
  run(tree: SourceTree): Findings | Promise<Findings>;
  /** Changes the tree so that it obeys, where that needs no judgement. */
  repair?(tree: SourceTree): void | Promise<void>;
};

export function describeFault({ file, line, message }: Fault): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return place === "" ? message : `${place}: ${message}`;
}

/** Words a count: `counted(1, "module")` is "1 module". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
