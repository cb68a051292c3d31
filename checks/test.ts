import { rmSync } from "node:fs";
import { join } from "node:path";
import { counted } from "./fault.ts";
import type { TestResult } from "./junit.ts";
import { readSourceTree } from "./source-tree.ts";
import { reportTests } from "./test-report.ts";
import { runTests } from "./test-run.ts";

const minuteMs = 60_000;

/**
 * Runs the tests of the tree: units beside scenarios, then the benches, which want the machine for themselves, then each walk
 * through the browser in a process of its own; what has to wait for minutes (`*.soak.test.ts`) runs beside
 * them all. Words are parts of paths that choose among them; `--require-all` (or CI=true) forbids skipping.
 */
async function main(args: readonly string[]): Promise<number> {
  const unknown = args.filter((arg) => arg.startsWith("--") && arg !== "--require-all");
  if (unknown.length > 0) {
    console.error(`Unknown: ${unknown.join(", ")}. Usage: ./maru test [--require-all] [PART OF A PATH …]`);
    return 2;
  }
  const filters = args.filter((arg) => !arg.startsWith("--"));
  const root = join(import.meta.dir, "..");
  const { files } = await readSourceTree(root);
  const chosen = files
    .filter((file) => /\.test\.tsx?$/.test(file))
    .filter((file) => filters.length === 0 || filters.some((part) => file.includes(part)));
  if (filters.length === 0) rmSync(join(root, "test-output"), { recursive: true, force: true });

  const walks = chosen.filter((file) => /\.e2e\.test\.tsx?$/.test(file));
  const soaks = chosen.filter((file) => /\.soak\.test\.tsx?$/.test(file));
  const others = chosen.filter((file) => !walks.includes(file) && !soaks.includes(file));
  const benches = others.filter((file) => file.startsWith("bench/"));
  // Those of the checks read the tree and start little: they stand with the units, and both halves take as long.
  const isOfChecks = (file: string) => file.startsWith("checks/");
  const scenarios = others.filter(
    (file) => /\.scenario\.test\.tsx?$/.test(file) && !benches.includes(file) && !isOfChecks(file),
  );
  const units = others.filter((file) => !benches.includes(file) && !scenarios.includes(file));
  const results: TestResult[] = [];
  const run = async (name: string, runFiles: string[], testTimeoutMs: number, runTimeoutMs: number) => {
    if (runFiles.length === 0) return;
    const started = performance.now();
    const found = await runTests({ name, root, files: runFiles, testTimeoutMs, runTimeoutMs });
    results.push(...found);
    const took = `${((performance.now() - started) / 1000).toFixed(1)} s`;
    console.log(`${name}: ${counted(found.length, "test")} of ${counted(runFiles.length, "file")}, ${took}`);
  };
  // They wait most of the time, so they wait beside the rest.
  const soaking = run("soaks", soaks, 10 * minuteMs, 15 * minuteMs);
  await Promise.all([run("units", units, 20_000, 20 * minuteMs), run("scenarios", scenarios, 20_000, 20 * minuteMs)]);
  await run("benches", benches, 20_000, 10 * minuteMs);
  // A browser keeps both cores of a small machine busy: two walks at a time take as long, and wait for each other.
  for (const walk of walks) await run(nameOf(walk), [walk], 2 * minuteMs, 8 * minuteMs);
  await soaking;

  const maySkip = process.env.CI !== "true" && !args.includes("--require-all");
  const { lines, summary, isGood } = reportTests(results, { maySkip });
  for (const line of lines) console.log(line);
  console.log(summary);
  return isGood ? 0 : 1;
}

function nameOf(file: string): string {
  return file.replace(/\.test\.tsx?$/, "").replaceAll("/", "-");
}

process.exitCode = await main(process.argv.slice(2));
