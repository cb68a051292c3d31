import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Check, counted, type Fault } from "../../fault.ts";
import type { SourceTree } from "../../source-tree.ts";

/** The steps that landed, by name, with their checksums: what data folders out there have run. */
const recordPath = "checks/recorded-schema.json";
const recordSchema = z.record(z.string(), z.string());

/** `apps/server/src/…/FEATURE/migrations/NNN-name.sql`, and the same for indexes. */
const stepPath = /^apps\/server\/src\/(?:.*\/)?([a-z-]+)\/(migrations|indexes)\/([^/]+)\.sql$/;

/** Steps from before indexes were built beside what runs. */
const olderThanTheRule = new Set([
  "identity/migrations/006-departures",
  "identity/migrations/015-nickname-looks",
  "matching/migrations/002-joining",
  "rooms/migrations/003-pauses",
]);

/**
 * Steps of the schema that landed keep their names and their text: a database that has run them refuses a program that
 * knows them otherwise. And a migration indexes only tables that it makes: on a full table an index is built beside what
 * runs, from the feature's folder `indexes`, because a migration keeps every node from starting until it is done.
 */
export const schemaHistory: Check = {
  name: "schema-history",
  run(tree) {
    const steps = listSteps(tree);
    const recorded = readRecord(tree);
    const faults: Fault[] = [];
    for (const [name, checksum] of Object.entries(recorded)) {
      const step = steps.get(name);
      if (step === undefined) faults.push({ file: recordPath, message: `${name} has landed and is gone; restore it.` });
      else if (step.checksum !== checksum)
        faults.push({
          file: step.file,
          message: "This step has landed. Restore it, and write what is new as another.",
        });
    }
    for (const [name, { file, text }] of steps) {
      if (!(name in recorded)) faults.push({ file, message: `It is not in ${recordPath}; run ./maru check --write.` });
      if (olderThanTheRule.has(name) || !file.includes("/migrations/")) continue;
      for (const table of listOldTables(text)) {
        faults.push({ file, message: `${table} may be full: index it from the feature's folder "indexes".` });
      }
    }
    return { read: counted(steps.size, "step"), faults };
  },
  repair(tree) {
    const recorded = readRecord(tree);
    const added = [...listSteps(tree)].filter(([name]) => !(name in recorded));
    if (added.length === 0) return;
    const all = [...Object.entries(recorded), ...added.map(([name, { checksum }]) => [name, checksum] as const)];
    const sorted = Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileSync(join(tree.root, recordPath), `${JSON.stringify(sorted, null, 2)}\n`);
  },
};

type Step = { readonly file: string; readonly text: string; readonly checksum: string };

function listSteps(tree: SourceTree): Map<string, Step> {
  const steps = new Map<string, Step>();
  for (const file of tree.files) {
    const [, feature = "", kind, name] = stepPath.exec(file) ?? [];
    if (name === undefined) continue;
    const text = tree.read(file);
    const checksum = createHash("sha256").update(text).digest("hex");
    steps.set(`${feature}/${kind}/${name}`, { file, text, checksum });
  }
  return steps;
}

function readRecord(tree: SourceTree): Record<string, string> {
  return tree.files.includes(recordPath) ? recordSchema.parse(JSON.parse(tree.read(recordPath))) : {};
}

/** Tables that a migration indexes and does not make. */
function listOldTables(text: string): string[] {
  const sql = text.replace(/--.*$/gm, "");
  const made = new Set(
    [...sql.matchAll(/create (?:unlogged )?table (?:if not exists )?(\w+)/gi)].map(([, name]) => name),
  );
  const indexed = [...sql.matchAll(/create (?:unique )?index (?:if not exists )?\w+\s+on (\w+)/gi)].map(
    ([, name]) => name,
  );
  return [...new Set(indexed)].filter((name): name is string => name !== undefined && !made.has(name));
}
