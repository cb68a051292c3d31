import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How to start a load client: compiled, or on Bun where there is no compiler. */
export type LoadCommand = {
  readonly command: readonly string[];
  /** Why it is not the compiled one; null when it is. */
  readonly caveat: string | null;
  remove(): void;
};

/** The client on Bun: as dear as the server, so that its numbers measure itself. */
export const bunCommand: readonly string[] = [process.execPath, join(import.meta.dir, "bun-client.ts")];

/** Compiles the C load client into a folder of its own; without a compiler, takes the one on Bun and says so. */
export async function prepareLoadClient(): Promise<LoadCommand> {
  const compiler = Bun.which("cc") ?? Bun.which("gcc") ?? Bun.which("clang");
  if (process.platform !== "linux" || compiler === null) {
    const lack = compiler === null ? "no C compiler was found (install gcc or clang)" : "the C load client needs Linux";
    return { command: bunCommand, caveat: `${lack}: the load client ran on Bun and limits the numbers`, remove() {} };
  }
  const folder = mkdtempSync(join(tmpdir(), "maru-bench-"));
  const binary = join(folder, "epoll-client");
  const flags = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"];
  const build = Bun.spawnSync([compiler, ...flags, "-o", binary, join(import.meta.dir, "epoll-client.c"), "-lm"]);
  if (build.exitCode !== 0) {
    rmSync(folder, { recursive: true });
    throw new Error(`the load client did not compile:\n${build.stderr.toString()}`);
  }
  return { command: [binary], caveat: null, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
