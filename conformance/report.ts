import { commands, pushes } from "@maru/protocol";
import { knownDeviations } from "./deviations.ts";
import type { Coverage } from "./speaker.ts";
import type { CaseResult, Outcome } from "./suite.ts";

const marks: Readonly<Record<Outcome, string>> = { passed: "✓", failed: "✗", deviates: "~", mended: "!" };

/** Describes how much of the protocol a run has shown; what is missing was not held against anything. */
export function describeCoverage({ commands: answered, pushes: seenPushes }: Coverage): string {
  const missing = (all: object, coverage: ReadonlySet<string>) =>
    Object.keys(all).filter((name) => !coverage.has(name));
  const count = (all: object, coverage: ReadonlySet<string>) => `${coverage.size} of ${Object.keys(all).length}`;
  const left = [...missing(commands, answered), ...missing(pushes, seenPushes)];
  const said = `Held against their schemas: ${count(commands, answered)} commands, ${count(pushes, seenPushes)} pushes`;
  return left.length === 0 ? `${said}.` : `${said}; not seen: ${left.join(", ")}.`;
}

/** The table of all cases, what fails and deviates with what was seen, and the verdict in the last line. */
export function describeResults(results: readonly CaseResult[]): string {
  const width = Math.max(0, ...results.map(({ name }) => name.length));
  const lines = results.map(({ name, doc, outcome }) => `${marks[outcome]} ${name.padEnd(width)}  ${doc}`);
  const notes = results.flatMap(({ name, seen, outcome }) => {
    if (outcome === "failed") return [`FAILED ${name}: ${seen}`];
    if (outcome === "deviates") return [`DEVIATES ${name}: ${seen}. Known: ${knownDeviations[name]}`];
    if (outcome === "mended") return [`MENDED ${name}: passes; take it off the list of deviations.`];
    return [];
  });
  return [...lines, "", ...notes, ...(notes.length > 0 ? [""] : []), describeVerdict(results)].join("\n");
}

function describeVerdict(results: readonly CaseResult[]): string {
  const count = (outcome: Outcome) => results.filter((result) => result.outcome === outcome).length;
  const seconds = results.reduce((sum, { tookMs }) => sum + tookMs, 0) / 1_000;
  const verdict = count("failed") === 0 && results.length > 0 ? "conforms" : "does not conform";
  const known = count("deviates");
  return (
    `The server ${verdict}: ${count("passed") + count("mended")} of ${results.length} cases passed, ` +
    `${count("failed")} failed, ${known} known deviation${known === 1 ? "" : "s"}, in ${seconds.toFixed(1)} s.`
  );
}
