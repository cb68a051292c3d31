import { readdirSync, readFileSync } from "node:fs";

/** What a set of processes used: CPU since each began, memory now. */
export type Usage = { readonly cpuMs: number; readonly pssBytes: number; readonly processCount: number };

/** Clock ticks a second in /proc, the same on every Linux that runs Bun. */
const ticksPerSecond = 100;

/** All living processes that descend from any of the given ones, and those themselves. */
export function listTree(roots: readonly number[]): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const parent = readStat(pid)?.parent;
    if (parent === undefined) continue;
    const siblings = children.get(parent);
    if (siblings) siblings.push(pid);
    else children.set(parent, [pid]);
  }
  const found = new Set<number>();
  const waiting = [...roots];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    if (found.has(pid) || readStat(pid) === null) continue;
    found.add(pid);
    waiting.push(...(children.get(pid) ?? []));
  }
  return [...found];
}

/**
 * CPU time and memory of processes. Memory is PSS: pages that several share count once in the sum, so that the shared
 * buffers of a Postgres are not counted for each of its processes.
 */
export function readUsage(pids: readonly number[]): Usage {
  let [cpuMs, pssBytes, processCount] = [0, 0, 0];
  for (const pid of pids) {
    const stat = readStat(pid);
    if (stat === null) continue;
    processCount++;
    cpuMs += stat.cpuMs;
    const pss = /^Pss:\s+(\d+) kB/m.exec(readProc(pid, "smaps_rollup") ?? "")?.[1];
    pssBytes += Number(pss ?? 0) * 1024;
  }
  return { cpuMs, pssBytes, processCount };
}

/** CPU time of one process without its children, in ms. */
export function readCpuMs(pid: number): number {
  return readStat(pid)?.cpuMs ?? 0;
}

/** The words that a process was started with; none when it is gone. */
export function readCommandLine(pid: number): string[] {
  return (readProc(pid, "cmdline") ?? "").split("\0");
}

const running = new Set<Bun.Subprocess>();
process.on("exit", () => {
  // One that a bench has frozen hears nothing until it is woken.
  for (const child of running) for (const signal of ["SIGCONT", "SIGTERM"] as const) child.kill(signal);
});

/** Sees to it that a process does not outlive the bench, however that ends. */
export function endWithUs<C extends Bun.Subprocess>(child: C): C {
  running.add(child);
  void child.exited.then(() => running.delete(child));
  return child;
}

/** Resolves when a process is gone; asks it to end, and after `graceMs` makes it. */
export async function stopProcess(child: Bun.Subprocess, graceMs = 15_000): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await child.exited;
  clearTimeout(timer);
}

function readStat(pid: number): { parent: number; cpuMs: number } | null {
  const text = readProc(pid, "stat");
  if (text === null) return null;
  // The name in parentheses may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { parent: Number(fields[1]), cpuMs: (ticks * 1_000) / ticksPerSecond };
}

/** A file of a process, or null when the process is gone meanwhile. */
function readProc(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return null;
  }
}
