import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Timer } from "@maru/protocol";
import type { SQL } from "bun";
import type { Log } from "../log.ts";
import { StartError } from "../start-error.ts";
import type { Database } from "./database.ts";
import type { MigrationFolder } from "./migrate.ts";

/** An index on a table that may be full: built beside running writers, after the start. Never changed once it has landed. */
export type BackgroundIndex = {
  /** `feature/NNN-name`. */
  readonly name: string;
  /** The index as Postgres names it. */
  readonly index: string;
  /** The first creates the index; those after it take away what it replaces, and may be run again. */
  readonly statements: readonly string[];
  readonly checksum: string;
};

const creates = /^create (?:unique )?index concurrently (\w+) on /;
const takesAway = /^(?:drop index concurrently if exists \w+|alter table \w+ drop constraint if exists \w+)$/;

/** Reads the indexes of `NNN-name.sql` files, features in the order given, files by name. A folder may be missing. */
export async function readBackgroundIndexes(folders: readonly MigrationFolder[]): Promise<BackgroundIndex[]> {
  const indexes: BackgroundIndex[] = [];
  for (const { feature, folder } of folders) {
    const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      return [];
    });
    for (const file of files.sort()) {
      const place = join(folder, file);
      if (!/^\d{3}-[a-z0-9-]+\.sql$/.test(file)) throw new Error(`${place} is not named NNN-name.sql.`);
      indexes.push(readIndex(`${feature}/${file.slice(0, -4)}`, await readFile(place, "utf8"), place));
    }
  }
  return indexes;
}

function readIndex(name: string, sql: string, place: string): BackgroundIndex {
  const statements = sql
    .replace(/--.*$/gm, "")
    .split(";")
    .map((statement) => statement.replace(/\s+/g, " ").trim())
    .filter((statement) => statement !== "");
  const [first = "", ...others] = statements;
  const index = creates.exec(first)?.[1];
  if (index === undefined) throw new Error(`${place} does not begin with "create index concurrently NAME on".`);
  const odd = others.find((statement) => !takesAway.test(statement));
  if (odd !== undefined) throw new Error(`${place} may only take away what the index replaces, "if exists": ${odd}`);
  return { name, index, statements, checksum: createHash("sha256").update(sql).digest("hex") };
}

/** Held while indexes are built, so that nodes do not build one twice. */
const lockKey = 7_274_748;

/**
 * Builds what is missing and names it; null when another process is at it. An index that a crash left unfinished is
 * dropped and built anew. One that cannot be built keeps none of the others waiting; when all have had their turn it fails
 * in words. Leaves off before the next one once it `isStopped`.
 *
 * Runs past the gate, on a connection of its own: a big table takes minutes, and nobody waits for it.
 */
export function buildIndexes(
  db: Database,
  indexes: readonly BackgroundIndex[],
  log: Log,
  isStopped = () => false,
): Promise<readonly string[] | null> {
  return db.withoutDeadline(async (sql) => {
    const [lock] = await sql`select pg_try_advisory_lock(${lockKey}) as is_mine`;
    if (!lock?.is_mine) return null;
    await sql`
      create table if not exists platform_indexes (
        name text primary key, checksum text not null, built_at timestamptz not null default clock_timestamp()
      )`;
    const built: string[] = [];
    const faults: string[] = [];
    for (const index of await findMissing(sql, indexes)) {
      if (isStopped()) break;
      await buildIndex(sql, index, log).then(
        () => built.push(index.name),
        (error: Error) => faults.push(`${index.name} (${error.message})`),
      );
    }
    if (faults.length > 0) throw new StartError(`Not built: ${faults.join(", ")}.`);
    return built;
  });
}

/**
 * Builds what is missing once whoever is at it has ended. Looks again rather than wait for the lock: a question that waits
 * holds a snapshot, whose end the building waits for in turn.
 */
export async function buildIndexesInTurn(deps: IndexBuilderDeps): Promise<readonly string[]> {
  const { db, indexes, clock, log } = deps;
  for (let isFirst = true; ; isFirst = false) {
    const built = await buildIndexes(db, indexes, log);
    if (built !== null) return built;
    if (isFirst) log.info("Another process is building indexes; this one waits for it.");
    await new Promise<void>((resolve) => void clock.setTimeout(resolve, inTurnMs));
  }
}

/** The names of the indexes that are not built yet; writes nothing. */
export async function listUnbuiltIndexes(db: Database, indexes: readonly BackgroundIndex[]): Promise<string[]> {
  const [table] = await db.sql`select to_regclass('platform_indexes') is not null as is_there`;
  const missing = table?.is_there ? await findMissing(db.sql, indexes) : indexes;
  return missing.map(({ name }) => name);
}

async function findMissing(sql: SQL, indexes: readonly BackgroundIndex[]): Promise<readonly BackgroundIndex[]> {
  const rows = await sql<{ name: string }[]>`select name from platform_indexes`;
  const built = new Set(rows.map((row) => row.name));
  return indexes.filter(({ name }) => !built.has(name));
}

async function buildIndex(sql: SQL, { name, index, statements, checksum }: BackgroundIndex, log: Log): Promise<void> {
  const [create = "", ...removals] = statements;
  // The index before this one may have failed in between.
  await sql`set lock_timeout = 0`;
  if (!(await dropUnfinished(sql, index))) {
    log.info("Building an index beside what is running.", { index });
    await sql.unsafe(create).catch(async (error: unknown) => {
      // Until the next try it would take the room that was lacking, and refuse writes if it is unique.
      await dropUnfinished(sql, index).catch(() => {});
      throw error;
    });
  }
  // What is taken away needs the table for an instant; writers that wait behind us must not wait long.
  await sql`set lock_timeout = '1s'`;
  for (const removal of removals) await sql.unsafe(removal);
  await sql`set lock_timeout = 0`;
  await sql`insert into platform_indexes (name, checksum) values (${name}, ${checksum})`;
}

/** Takes away what a failed or killed building left; says whether the index is there and whole. */
async function dropUnfinished(sql: SQL, index: string): Promise<boolean> {
  const [found] = await sql`select indisvalid as is_whole from pg_index where indexrelid = to_regclass(${index})`;
  if (found && !found.is_whole) await sql.unsafe(`drop index concurrently ${index}`);
  return found?.is_whole === true;
}

/** How long to wait before what another process was at is looked at again, in ms; by who waits for nothing else. */
const lookAgainMs = 30_000;
const inTurnMs = 1_000;
/** What fails again and again reads a big table each time, so each wait is twice the one before, up to this. */
const longestWaitMs = 3_600_000;

export type IndexBuilderDeps = {
  readonly db: Database;
  readonly indexes: readonly BackgroundIndex[];
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * Builds indexes until all are there. `stop` leaves off between two; one that is under way Postgres finishes by itself, and
 * the next start notes it.
 */
export function startIndexBuilder({ db, indexes, clock, log }: IndexBuilderDeps): { stop(): void } {
  let timer: Timer | null = null;
  let isStopped = false;
  let failures = 0;
  const build = async (): Promise<void> => {
    timer = null;
    let waitMs = lookAgainMs;
    const built = await buildIndexes(db, indexes, log, () => isStopped).catch((error: Error) => {
      if (!isStopped) log.warn("An index could not be built; it is tried again.", { error: error.message });
      waitMs = Math.min(lookAgainMs * 2 ** failures++, longestWaitMs);
      return null;
    });
    if (built === null && !isStopped) timer = clock.setTimeout(() => void build(), waitMs);
  };
  void build();
  return {
    stop() {
      isStopped = true;
      if (timer !== null) clock.clearTimeout(timer);
    },
  };
}
