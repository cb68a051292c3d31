import { expect, test } from "bun:test";
import { readMachine } from "./machine.ts";
import { meetsTarget, summarize } from "./metric.ts";
import { formatNumber, type Report, toJson, toTable } from "./report.ts";

const report: Report = {
  bench: "realtime",
  machine: readMachine(),
  settings: { limits: "20 sends/s an account" },
  metrics: {
    "fanout.deliveries_per_s": summarize("per_s", [400_000, 380_000, 410_000], [428_000, 430_000, 420_000]),
    "start.ready_ms": summarize("ms", [3_400]),
  },
  notes: ["short runs"],
};

test("puts runs together as their median with the least and the greatest", () => {
  expect(summarize("ms", [3, 1, 2])).toEqual({ value: 2, unit: "ms", min: 1, max: 3 });
  expect(summarize("ms", [4, 1, 2, 3], [8, 6])).toEqual({ value: 2.5, unit: "ms", min: 1, max: 4, baseline: 7 });
  expect(() => summarize("ms", [])).toThrow();
});

test("writes JSON in the shape that tools compare", () => {
  const parsed = JSON.parse(toJson(report));
  expect(parsed.bench).toBe("realtime");
  expect(parsed.machine.cores).toBeGreaterThan(0);
  expect(parsed.machine.openFiles).toBeGreaterThan(0);
  expect(parsed.metrics["fanout.deliveries_per_s"]).toEqual({
    value: 400_000,
    unit: "per_s",
    min: 380_000,
    max: 410_000,
    baseline: 428_000,
  });
});

test("writes a table with settings, baseline, target and verdict", () => {
  const table = toTable(report, { "fanout.deliveries_per_s": { ofBaseline: 0.85 }, "start.ready_ms": { most: 3_000 } });
  const row = (id: string) => table.split("\n").find((line) => line.startsWith(id)) ?? "";
  expect(table).toContain("limits: 20 sends/s an account");
  expect(table).toContain("short runs");
  expect(row("fanout.deliveries_per_s")).toMatch(
    /400,000 \/s .*380,000 – 410,000 .*428,000 \/s \(93.5 %\) .*≥ 85 % {2}ok$/,
  );
  expect(row("start.ready_ms")).toMatch(/3,400 ms .*≤ 3,000 ms {2}MISSED$/);
});

test("judges a metric by its target only", () => {
  expect(meetsTarget(summarize("ms", [5]), undefined)).toBeNull();
  expect(meetsTarget(summarize("ms", [5]), { most: 5 })).toBe(true);
  expect(meetsTarget(summarize("ms", [5.1]), { most: 5 })).toBe(false);
  expect(meetsTarget(summarize("per_s", [84], [100]), { ofBaseline: 0.85 })).toBe(false);
  expect(meetsTarget(summarize("per_s", [84]), { ofBaseline: 0.85 })).toBe(false);
});

test("shows no more digits than mean something", () => {
  expect([1_234_567.8, 123.4, 12.34, 1.234, 0].map(formatNumber)).toEqual(["1,234,568", "123", "12.3", "1.23", "0"]);
});
