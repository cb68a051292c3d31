import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";

/** What the numbers were measured on. */
export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMb: number;
  readonly kernel: string;
  readonly bun: string;
  readonly openFiles: number;
};

export function readMachine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model ?? "unknown",
    cores: cores.length,
    memoryMb: Math.round(totalmem() / 1_048_576),
    kernel: release(),
    bun: Bun.version,
    openFiles: readOpenFilesLimit(),
  };
}

/** How many files one process may hold open; 0 where the system does not tell. */
function readOpenFilesLimit(): number {
  if (process.platform !== "linux") return 0;
  return Number(/^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1] ?? 0);
}
