/** Measures Maru: `./maru bench NAME`, or a short tour of everything without a name. */
import { parseArgs } from "node:util";
import type { Bench } from "./bench.ts";
import { chaos } from "./chaos/chaos.ts";
import { prepareLoadClient } from "./load/compile.ts";
import { readMachine } from "./machine.ts";
import { matching } from "./matching/matching.ts";
import { realtime } from "./realtime/realtime.ts";
import { joinReports, type Report, toJson, toTable } from "./report.ts";
import { targets } from "./targets.ts";

const benches: readonly Bench[] = [realtime, matching, chaos];

const usage = `Usage: ./maru bench [NAME] [--only PART,PART] [--quick] [--runs N] [--seed N] [--sends N]
                     [--json FILE] [--profile FOLDER]

${benches.map((bench) => `  ${bench.name.padEnd(10)} ${bench.doc}\n${bench.parts.map((part) => `             ${part}`).join("\n")}`).join("\n")}

Without a name: this list and a tour of two minutes. --quick makes every part short, to see that it works.
--profile writes a CPU profile of each server.`;

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    json: { type: "string" },
    only: { type: "string", default: "" },
    quick: { type: "boolean", default: false },
    runs: { type: "string" },
    seed: { type: "string" },
    sends: { type: "string" },
    profile: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

async function main(): Promise<number> {
  const [name] = positionals;
  const isTour = name === undefined;
  if (isTour || values.help) console.log(`${usage}\n`);
  if (values.help) return 0;
  const wanted = isTour ? benches.filter((bench) => bench.isInTour) : benches.filter((bench) => bench.name === name);
  if (wanted.length === 0) {
    console.error(`There is no bench «${name}».\n\n${usage}`);
    return 2;
  }
  const isQuick = values.quick || isTour;
  const load = await prepareLoadClient();
  let status = 0;
  const reports: Report[] = [];
  try {
    for (const bench of wanted) {
      const result = await bench.run({
        load,
        isQuick,
        runs: Math.max(1, Number(values.runs ?? (isQuick ? 1 : 3))),
        only: values.only.split(",").filter((part) => part !== ""),
        profile: values.profile,
        seed: readCount(values.seed),
        sends: readCount(values.sends),
        say: (text) => console.error(`  ${text}`),
      });
      const notes = [
        ...(isQuick ? ["Short runs: they show that it works; their numbers say little."] : []),
        ...(load.caveat === null ? [] : [load.caveat]),
        ...new Set(result.notes),
        ...result.faults.map((fault) => `FAULT ${fault}`),
      ];
      const { settings, metrics } = result;
      const report: Report = { bench: bench.name, machine: readMachine(), settings, metrics, notes };
      console.log(toTable(report, targets));
      reports.push(report);
      if (result.faults.length > 0) status = 1;
    }
  } finally {
    load.remove();
  }
  const [first, ...others] = reports;
  if (values.json !== undefined && first) {
    await Bun.write(values.json, toJson(others.length === 0 ? first : joinReports("tour", reports)));
  }
  return status;
}

function readCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 0) throw new Error(`«${text}» is not a count.`);
  return count;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main();
