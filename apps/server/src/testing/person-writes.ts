/** A statement that may write something of a person: where it stands, and what it does. */
export type PersonWrite = string;

/** Columns that name a person or hold what they wrote; an update of others changes rows that stand, and brings none back. */
const personColumn =
  /\b(?:\w*account_id|blocker_id|blocked_id|author_id|email\w*|nickname\w*|intro|text|sealed|label)\s*=/;
const functionOf = {
  sql: /\bcreate (?:or replace )?function\s+(\w+)/gm,
  ts: /(?:\bfunction\s+|^ {2,4}(?:async\s+))(\w+)\s*[(<]/gm,
};
const insertion = /\binsert\s+into\s+(\w+)/gi;
const change = /\bupdate\s+(\w+)(?:\s+(?:as\s+)?\w+)?\s+set\b([\s\S]*?)(?:\bwhere\b|\breturning\b|`|;)/gi;

/**
 * Finds every insert, and every update of what a person is or wrote, in a source file: `file › function: insert table`. One
 * that stands there twice is told twice.
 */
export function findPersonWrites(path: string, text: string): PersonWrite[] {
  const owners = [...text.matchAll(functionOf[path.endsWith(".sql") ? "sql" : "ts"])].map(({ index, 1: name }) => ({
    index,
    name,
  }));
  const ownerAt = (at: number) => owners.findLast(({ index }) => index < at)?.name ?? "nobody";
  const told = (index: number, what: string) => `${path} › ${ownerAt(index)}: ${what}`;
  const inserts = [...text.matchAll(insertion)].map(({ index, 1: table }) => told(index, `insert ${table}`));
  const updates = [...text.matchAll(change)].flatMap(({ index, 1: table, 2: set = "" }) =>
    personColumn.test(set) ? [told(index, `update ${table}`)] : [],
  );
  return [...inserts, ...updates];
}
