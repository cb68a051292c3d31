import type { TestResult } from "./junit.ts";

const reason = /\[needs ([\w-]+)\]/;

/**
 * Turns results into lines for people and an exit status. A test may be skipped only for a program that the machine
 * lacks, which its name tells; where nothing may be skipped, that is a failure too.
 */
export function reportTests(results: readonly TestResult[], { maySkip }: { maySkip: boolean }): Report {
  const checked = results.map((result) => checkSkip(result, maySkip));
  const failed = checked.filter(({ outcome }) => outcome === "failed");
  const skipped = checked.filter(({ outcome }) => outcome === "skipped");
  const passed = checked.filter(({ outcome }) => outcome === "passed");

  const lines = failed.map(({ file, name, detail }) => `✗ ${file}: ${name}\n${indent(detail)}\n`);
  if (skipped.length > 0) {
    lines.push("Skipped, because this machine lacks a program:");
    for (const { file, name } of skipped) lines.push(`  ${file}: ${name}`);
  }
  if (checked.length === 0) lines.push("No test was run.");
  const summary = [`${passed.length} passed`, `${failed.length} failed`];
  if (skipped.length > 0) summary.push(`${skipped.length} skipped`);
  return { lines, summary: summary.join(", "), isGood: failed.length === 0 && passed.length > 0 };
}

export type Report = { readonly lines: readonly string[]; readonly summary: string; readonly isGood: boolean };

function checkSkip(result: TestResult, maySkip: boolean): TestResult {
  if (result.outcome !== "skipped") return result;
  const needs = reason.exec(result.name)?.[1];
  if (needs !== undefined && maySkip) return result;
  const detail =
    needs === undefined
      ? 'skipped without a reason; use requires("…") of @maru/testkit.'
      : `this machine lacks ${needs}.`;
  return { ...result, outcome: "failed", detail };
}

function indent(text: string): string {
  return text.replace(/^/gm, "    ");
}
