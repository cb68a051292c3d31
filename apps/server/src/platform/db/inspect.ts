import type { Database } from "./database.ts";
import type { Migration } from "./migrate.ts";

/** Asks a question that every database answers, and returns why it was not answered; null when it was. */
export async function findRefusal(db: Database): Promise<string | null> {
  return db
    .withoutDeadline((sql) => sql`select 1`)
    .then(
      () => null,
      (error: Error) => error.message,
    );
}

/** Names the settings of Postgres that are off although a power failure would then lose what was committed. */
export async function findWeakDurability(db: Database): Promise<string[]> {
  const rows = await db.sql<{ name: string; setting: string }[]>`
    select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')`;
  return rows.filter((row) => row.setting === "off").map((row) => row.name);
}

/** Where a database stands beside the steps that this program knows. */
export type SchemaState = {
  readonly isEmpty: boolean;
  readonly missing: readonly string[];
  readonly changed: readonly string[];
};

/** Compares the steps that a database has run with those known, and writes nothing. */
export async function compareSchema(db: Database, known: readonly Migration[]): Promise<SchemaState> {
  const names = known.map((step) => step.name);
  const [table] = await db.sql`select to_regclass('platform_migrations') is not null as is_there`;
  if (!table?.is_there) return { isEmpty: true, missing: names, changed: [] };
  const rows = await db.sql<{ name: string; checksum: string }[]>`select name, checksum from platform_migrations`;
  const done = new Map(rows.map((row) => [row.name, row.checksum]));
  return {
    isEmpty: false,
    missing: names.filter((name) => !done.has(name)),
    changed: known.filter((step) => (done.get(step.name) ?? step.checksum) !== step.checksum).map((step) => step.name),
  };
}
