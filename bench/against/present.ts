import type { Machine } from "../machine.ts";
import { formatNumber, layOut, unitSigns } from "../report.ts";
import type { AgainstResult } from "./run-against.ts";
import { bounds, type Spread } from "./verdict.ts";

/** What a comparison tells, for a terminal. */
export function presentAgainst(bench: string, machine: Machine, result: AgainstResult, pairs: number): string {
  const head = ["", "this checkout", result.label, "ratio", "min – max", `${result.label} against itself`, ""];
  const rows = Object.entries(result.comparisons).map(([id, { unit, own, other, ratio, selfRatio, isWithin }]) => {
    const sign = unitSigns[unit];
    const show = (value: number) => `${formatNumber(value)}${sign === "" ? "" : ` ${sign}`}`;
    const cells = [id, show(own), show(other), ratio.median.toFixed(3), presentSpread(ratio), presentSpread(selfRatio)];
    return [...cells, isWithin ? "ok" : "SLOWER"];
  });
  const lines = [
    `bench ${bench} against ${result.label}, ${pairs} rounds, on ${machine.cores} × ${machine.cpu}, Linux ${machine.kernel}`,
    ...Object.entries(result.settings).map(([name, value]) => `  ${name}: ${value}`),
    `  bounds: rates ≥ ${bounds.leastRatio} ×; the rest ≤ ${bounds.mostRatio} × or among the other commit's own values`,
    "",
    ...layOut([head, ...rows]),
    ...(result.faults.length > 0 ? ["", ...result.faults.map((fault) => `  FAULT ${fault}`)] : []),
  ];
  return `${lines.join("\n")}\n`;
}

function presentSpread({ min, max }: Spread): string {
  return `${min.toFixed(3)} – ${max.toFixed(3)}`;
}

/** The comparison as JSON, under the ids that the numbers have in the bench itself. */
export function againstToJson(bench: string, machine: Machine, result: AgainstResult): string {
  return `${JSON.stringify({ bench, machine, against: result.label, ...result }, null, 2)}\n`;
}
