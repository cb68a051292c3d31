/** Measures Maru: `./maru bench NAME`, or a short tour of everything without a name. */
import { parseArgs } from "node:util";
import { abuse } from "./abuse/abuse.ts";
import { againstToJson, presentAgainst } from "./against/present.ts";
import { type AgainstOptions, runAgainst } from "./against/run-against.ts";
import type { Bench } from "./bench.ts";
import type { BenchOptions } from "./bench-options.ts";
import { chaos } from "./chaos/chaos.ts";
import { identity } from "./identity/identity.ts";
import { prepareLoadClient } from "./load/compile.ts";
import { readMachine } from "./machine.ts";
import { matching } from "./matching/matching.ts";
import { realtime } from "./realtime/realtime.ts";
import { joinReports, type Report, toJson, toTable } from "./report.ts";
import { targets } from "./targets.ts";
import { UsageError } from "./usage-error.ts";

const benches: readonly Bench[] = [realtime, identity, matching, abuse, chaos];

const usage = `Usage: ./maru bench [NAME] [--only PART,PART] [--quick] [--runs N] [--seed N] [--sends N]
                     [--json FILE] [--profile FOLDER]
       ./maru bench NAME --against COMMIT [--pairs N] [--only PART,PART] [--json FILE]

${benches.map((bench) => `  ${bench.name.padEnd(10)} ${bench.doc}\n${bench.parts.map((part) => `             ${part}`).join("\n")}`).join("\n")}

Without a name: this list and a tour of two minutes. --quick makes every part short, to see that it works.
--profile writes a CPU profile of each server. --against builds another commit beside this checkout and lets both do the
same work in turn, and the other one twice: five rounds of ten seconds each unless --pairs says otherwise.`;

const flags = {
  json: { type: "string" },
  only: { type: "string", default: "" },
  quick: { type: "boolean", default: false },
  runs: { type: "string" },
  seed: { type: "string" },
  sends: { type: "string" },
  profile: { type: "string" },
  against: { type: "string" },
  pairs: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

const { values, positionals } = readWords();

async function main(): Promise<number> {
  const [name, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`One bench at a time; «${rest.join(" ")}» is too much.`);
  const isTour = name === undefined;
  if ((isTour && values.against === undefined) || values.help) console.log(`${usage}\n`);
  if (values.help) return 0;
  const wanted = isTour ? benches.filter((bench) => bench.isInTour) : benches.filter((bench) => bench.name === name);
  if (wanted.length === 0) throw new UsageError(`There is no bench «${name}».\n\n${usage}`);
  const isQuick = values.quick || isTour;
  const runs = readCount("runs", values.runs) ?? (isQuick ? 1 : 3);
  const common = {
    isQuick,
    runs: Math.max(1, runs),
    only: values.only.split(",").filter((part) => part !== ""),
    profile: values.profile,
    seed: readCount("seed", values.seed),
    sends: readCount("sends", values.sends),
    print: (text: string) => console.error(`  ${text}`),
  };
  const against = values.against === undefined ? null : planAgainst(wanted, isTour, values.against, common);
  if (against === null) checkParts(wanted, isTour, common.only);
  const load = await prepareLoadClient();
  try {
    const options = { ...common, load };
    return against ? await compare(against, options) : await measure(wanted, options);
  } finally {
    load.remove();
  }
}

/** What was typed; an option that does not exist is told in words. */
function readWords() {
  try {
    return parseArgs({ args: process.argv.slice(2), allowPositionals: true, options: flags });
  } catch (error) {
    if (!String((error as { code?: unknown }).code).startsWith("ERR_PARSE_ARGS")) throw error;
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

/** Refuses parts that a bench has not, before anything is started for it. */
function checkParts([bench]: readonly Bench[], isTour: boolean, only: readonly string[]): void {
  if (only.length === 0 || !bench) return;
  if (isTour)
    throw new UsageError("--only takes parts of one bench: name it, as in ./maru bench realtime --only PART.");
  bench.checkParts?.(only);
  if (bench.checkParts) return;
  const names = bench.parts.map((part) => part.split(":")[0] ?? "");
  const unknown = only.filter((part) => !names.includes(part));
  if (unknown.length === 0) return;
  const has = names.length === 0 ? "it is one piece" : `it has ${names.join(", ")}`;
  throw new UsageError(`${bench.name} has no part ${unknown.join(", ")}; ${has}.`);
}

/** Runs benches and prints the table of each. */
async function measure(wanted: readonly Bench[], options: BenchOptions): Promise<number> {
  let status = 0;
  const reports: Report[] = [];
  for (const bench of wanted) {
    const result = await bench.run(options);
    const notes = [
      ...(options.isQuick ? ["Short runs: they show that it works; their numbers say little."] : []),
      ...(options.load.caveat === null ? [] : [options.load.caveat]),
      ...new Set(result.notes),
      ...result.faults.map((fault) => `FAULT ${fault}`),
    ];
    const { settings, metrics } = result;
    const report: Report = { bench: bench.name, machine: readMachine(), settings, metrics, notes };
    console.log(toTable(report, targets));
    reports.push(report);
    if (result.faults.length > 0) status = 1;
  }
  const [first, ...others] = reports;
  if (values.json !== undefined && first) {
    await Bun.write(values.json, toJson(others.length === 0 ? first : joinReports("tour", reports)));
  }
  return status;
}

type AgainstPlan = Omit<AgainstOptions, "options"> & { readonly bench: string };

/** What `--against` compares; told in words when it can compare nothing. */
function planAgainst(
  [bench]: readonly Bench[],
  isTour: boolean,
  revision: string,
  { only, isQuick }: { readonly only: readonly string[]; readonly isQuick: boolean },
): AgainstPlan {
  const able = benches.filter((each) => each.comparison !== undefined).map((each) => each.name);
  if (isTour || !bench?.comparison) throw new UsageError(`--against compares one of these: ${able.join(", ")}.`);
  const { world, comparables } = bench.comparison;
  const names = comparables.map((each) => each.name);
  const unknown = only.filter((part) => !names.includes(part));
  if (unknown.length > 0) {
    throw new UsageError(`--against has no part ${unknown.join(", ")} in ${bench.name}; it has ${names.join(", ")}.`);
  }
  const chosen = comparables.filter((each) => only.length === 0 || only.includes(each.name));
  const pairs = Math.max(1, readCount("pairs", values.pairs) ?? (isQuick ? 2 : 5));
  return { bench: bench.name, revision, pairs, comparables: chosen, world };
}

/** Compares this checkout with another commit and prints one table. */
async function compare({ bench, ...plan }: AgainstPlan, options: BenchOptions): Promise<number> {
  const result = await runAgainst({ ...plan, options });
  const machine = readMachine();
  console.log(presentAgainst(bench, machine, result, plan.pairs));
  if (options.isQuick) console.log("  Short rounds: they show that it works; their ratios say little.");
  if (values.json !== undefined) await Bun.write(values.json, againstToJson(bench, machine, result));
  const isWithin = Object.values(result.comparisons).every((comparison) => comparison.isWithin);
  return result.faults.length === 0 && (isWithin || options.isQuick) ? 0 : 1;
}

function readCount(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(count) || count < 0) {
    throw new UsageError(`--${option} takes a whole number from 0 on, and «${text}» is none.`);
  }
  return count;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
