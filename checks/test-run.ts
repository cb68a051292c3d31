import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readJunit, type TestResult } from "./junit.ts";

export type TestRun = {
  /** Names the log: `test-output/NAME.log`. */
  readonly name: string;
  readonly root: string;
  readonly files: readonly string[];
  /** How long one test may take unless it says otherwise. */
  readonly testTimeoutMs: number;
  /** How long the whole process may take. */
  readonly runTimeoutMs: number;
};

/**
 * Runs test files in one process and says what became of each test. What the report leaves out counts as failed: a file
 * that does not load, a process that dies or does not end.
 */
export async function runTests({ name, root, files, testTimeoutMs, runTimeoutMs }: TestRun): Promise<TestResult[]> {
  const output = join(root, "test-output");
  mkdirSync(output, { recursive: true });
  const report = join(output, `${name}.xml`);
  rmSync(report, { force: true });
  const log = Bun.file(join(output, `${name}.log`));
  const paths = files.map((file) => `./${file}`);
  const run = Bun.spawn(
    [
      process.execPath,
      "test",
      "--isolate",
      `--timeout=${testTimeoutMs}`,
      "--reporter=junit",
      `--reporter-outfile=${report}`,
      ...paths,
    ],
    { cwd: root, stdout: log, stderr: log, timeout: runTimeoutMs, env: { ...process.env, NO_COLOR: "1" } },
  );
  const status = await run.exited;
  const results = readReport(report);
  const said = await log.text();
  const inLog = `The whole output is in test-output/${name}.log.`;

  if (run.signalCode !== null || results.length === 0) {
    const end = run.signalCode ?? status;
    results.push(failure(name, `the process ended with ${end} before all was done`, `${said.slice(-4_000)}\n${inLog}`));
    return results;
  }
  const reported = new Set(results.map(({ file }) => file));
  for (const file of files.filter((path) => !reported.has(path))) {
    results.push(failure(file, "ran no test", sectionOf(said, file)));
  }
  if (status !== 0 && !results.some(({ outcome }) => outcome === "failed")) {
    results.push(failure(name, `all passed, but the process ended with ${status}`, `${said.slice(-4_000)}\n${inLog}`));
  }
  return results;
}

function readReport(report: string): TestResult[] {
  try {
    return readJunit(readFileSync(report, "utf8"));
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return [];
    throw error;
  }
}

function failure(file: string, name: string, detail: string): TestResult {
  return { file, name, outcome: "failed", detail };
}

/** What the log says about one file: from its heading to the next one. */
function sectionOf(log: string, file: string): string {
  const start = log.indexOf(`\n${file}:\n`);
  if (start < 0) return log.slice(-4_000);
  const end = log.slice(start + 1).search(/\n\S+\.test\.tsx?:\n/);
  return log.slice(start, end < 0 ? undefined : start + 1 + end).trim();
}
