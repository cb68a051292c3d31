/**
 * Writes what benches measured into the document that shows it: `bun bench/table.ts docs/operate/performance.md FILE.json …`,
 * each file from `./maru bench NAME --json FILE`. Replaces what stands between the markers `measured` and `/measured`.
 */

import { type Metric, meetsTarget, type Target } from "./metric.ts";
import { metricDescriptions } from "./metric-descriptions.ts";
import { formatNumber, presentTarget, type Report, unitSigns } from "./report.ts";
import { targets } from "./targets.ts";

const block = /(<!-- measured -->\n)[\s\S]*(<!-- \/measured -->)/;

const [document = "", ...files] = process.argv.slice(2);
const text = await Bun.file(document)
  .text()
  .catch(() => "");
if (files.length === 0 || !block.test(text))
  refuse("Name a document with a measured block, and JSON files of benches.");
const reports: Report[] = await Promise.all(files.map(readReport));
const written = text.replace(block, (_, opening: string, closing: string) => opening + present(reports) + closing);
await Bun.write(document, written);

function refuse(words: string): never {
  console.error(`${words}\nUsage: ./maru bench table DOCUMENT FILE.json …`);
  process.exit(2);
}

async function readReport(file: string): Promise<Report> {
  const report = (await Bun.file(file)
    .json()
    .catch(() => null)) as Report | null;
  return report?.machine && report.metrics ? report : refuse(`«${file}» is no report of a bench.`);
}

function present(list: readonly Report[]): string {
  const rows = list.flatMap(({ metrics }) =>
    Object.entries(metrics)
      .filter(([id]) => metricDescriptions[id] !== undefined)
      .map(([id, metric]) => presentRow(id, metric, targets[id])),
  );
  const { machine } = list[0] as Report;
  const settings = Object.assign({}, ...list.map((report) => report.settings)) as Record<string, string>;
  const lines = [
    "",
    `Measured on ${machine.cores} cores (${machine.cpu}), ${formatNumber(machine.memoryMb / 1024)} GB, Linux ${machine.kernel}, Bun ${machine.bun}, with the load on the same machine.`,
    "",
    ...Object.entries(settings).map(([name, value]) => `- ${name}: ${value}`),
    "",
    "| number | measured | least – most | compared with | wanted | |",
    "|---|---:|---:|---:|---:|---|",
    ...rows,
    "",
  ];
  return `${lines.join("\n")}\n`;
}

function presentRow(id: string, metric: Metric, target: Target | undefined): string {
  const sign = unitSigns[metric.unit];
  const show = (value: number) => `${formatNumber(value)}${sign === "" ? "" : ` ${sign}`}`;
  const verdict = meetsTarget(metric, target);
  const cells = [
    `${metricDescriptions[id]} (\`${id}\`)`,
    show(metric.value),
    metric.min === metric.max ? "" : `${formatNumber(metric.min)} – ${formatNumber(metric.max)}`,
    metric.baseline === undefined ? "" : `${show(metric.baseline)}`,
    target === undefined ? "" : presentTarget(target, show),
    verdict === false ? "missed" : "",
  ];
  return `| ${cells.join(" | ")} |`;
}
