import { join } from "node:path";
import { type Check, describeFault } from "./fault.ts";
import { checks } from "./rules/all-checks.ts";
import { readSourceTree } from "./source-tree.ts";

/** Runs the rules of the project over the checkout: all of them, or those named; `--write` first repairs what it can. */
async function main(args: readonly string[]): Promise<number> {
  const root = join(import.meta.dir, "..");
  const names = args.filter((arg) => !arg.startsWith("--"));
  const unknown = [
    ...args.filter((arg) => arg.startsWith("--") && arg !== "--write"),
    ...names.filter((name) => !checks.some((check) => check.name === name)),
  ];
  if (unknown.length > 0) {
    console.error(`Unknown: ${unknown.join(", ")}. The checks are: ${checks.map((check) => check.name).join(", ")}.`);
    return 2;
  }
  const chosen = names.length === 0 ? checks : checks.filter((check) => names.includes(check.name));

  if (args.includes("--write")) {
    for (const check of chosen) await check.repair?.(await readSourceTree(root));
  }
  const tree = await readSourceTree(root);
  const failed: string[] = [];
  for (const check of chosen) if (!(await report(check, tree))) failed.push(check.name);

  const ran = chosen.map((check) => check.name).join(", ");
  console.log(
    failed.length === 0 ? `check: ${chosen.length} passed (${ran})` : `check: failed ${failed.join(", ")} of ${ran}`,
  );
  return failed.length === 0 ? 0 : 1;
}

async function report(check: Check, tree: Awaited<ReturnType<typeof readSourceTree>>): Promise<boolean> {
  const started = performance.now();
  const { read, faults, warnings = [] } = await check.run(tree);
  const took = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  console.log(`${faults.length === 0 ? "✓" : "✗"} ${check.name}: ${read}, ${took}`);
  for (const warning of warnings) console.log(`  warning: ${describeFault(warning)}`);
  for (const fault of faults) console.log(`  ${describeFault(fault)}`);
  return faults.length === 0;
}

process.exitCode = await main(process.argv.slice(2));
