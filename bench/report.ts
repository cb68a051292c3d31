import type { Machine } from "./machine.ts";
import { type Metric, type Metrics, meetsTarget, type Target, type Unit } from "./metric.ts";

/** What a bench tells: the numbers, the settings they were measured under, and what a reader must know to trust them. */
export type Report = {
  readonly bench: string;
  readonly machine: Machine;
  /** Settings in force, in words: durability, limits, lengths of runs. */
  readonly settings: Readonly<Record<string, string>>;
  readonly metrics: Metrics;
  readonly notes: readonly string[];
};

/** How each unit is written behind a number. */
export const unitSigns: Readonly<Record<Unit, string>> = {
  per_s: "/s",
  us: "µs",
  ms: "ms",
  s: "s",
  bytes: "B",
  mb: "MB",
  percent: "%",
  ratio: "×",
  count: "",
};

/** The report as JSON with ids that stay, so that runs can be compared over time. */
export function toJson({ bench, machine, settings, metrics, notes }: Report): string {
  return `${JSON.stringify({ bench, machine, settings, metrics, notes }, null, 2)}\n`;
}

/** Several benches of one run as one report. */
export function joinReports(bench: string, reports: readonly Report[]): Report {
  const [first] = reports;
  if (!first) throw new Error("there is nothing to join");
  return {
    bench,
    machine: first.machine,
    settings: Object.assign({}, ...reports.map(({ settings }) => settings)),
    metrics: Object.assign({}, ...reports.map(({ metrics }) => metrics)),
    notes: [...new Set(reports.flatMap(({ notes }) => notes))],
  };
}

/** The report as one table for a terminal. */
export function toTable(report: Report, targets: Readonly<Record<string, Target>>): string {
  const { machine } = report;
  const head = ["", "median", "min – max", "baseline", "target", ""];
  const rows = Object.entries(report.metrics).map(([id, metric]) => presentRow(id, metric, targets[id]));
  const lines = [
    `bench ${report.bench} on ${machine.cores} × ${machine.cpu}, ${machine.memoryMb} MB, Linux ${machine.kernel}, Bun ${machine.bun}`,
    ...Object.entries(report.settings).map(([name, value]) => `  ${name}: ${value}`),
    "",
    ...layOut([head, ...rows]),
    ...(report.notes.length > 0 ? ["", ...report.notes.map((note) => `  ${note}`)] : []),
  ];
  return `${lines.join("\n")}\n`;
}

function presentRow(id: string, metric: Metric, target: Target | undefined): string[] {
  const unit = unitSigns[metric.unit];
  const show = (value: number) => `${formatNumber(value)}${unit === "" ? "" : ` ${unit}`}`;
  const baseline =
    metric.baseline === undefined
      ? ""
      : `${show(metric.baseline)} (${formatNumber((100 * metric.value) / metric.baseline)} %)`;
  const verdict = meetsTarget(metric, target);
  return [
    id,
    show(metric.value),
    metric.min === metric.max ? "" : `${formatNumber(metric.min)} – ${formatNumber(metric.max)}`,
    baseline,
    target === undefined ? "" : presentTarget(target, show),
    verdict === null ? "" : verdict ? "ok" : "MISSED",
  ];
}

/** What was asked of a number, in short. */
export function presentTarget({ least, most, ofBaseline }: Target, show: (value: number) => string): string {
  if (ofBaseline !== undefined) return `≥ ${ofBaseline * 100} %`;
  return least !== undefined ? `≥ ${show(least)}` : `≤ ${show(most ?? 0)}`;
}

/** A number as people read it: thousands apart, no more digits than mean something. */
export function formatNumber(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", { minimumFractionDigits: 0, maximumFractionDigits: digits });
}

/** Columns as wide as their widest cell; the first to the left, numbers to the right. */
export function layOut(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 || column === row.length - 1
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}
