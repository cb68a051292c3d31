import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SQL, TransactionSQL } from "bun";
import type { Log } from "../log.ts";
import { StartError } from "../start-error.ts";
import type { Database } from "./database.ts";

/** A step of the schema: forward only, never changed once it has landed. */
export type Migration = {
  /** `feature/NNN-name`. */
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
};

/** A folder of `NNN-name.sql` files and the feature they belong to. */
export type MigrationFolder = { readonly feature: string; readonly folder: string };

/** Reads all steps: features in the order given, files by name. */
export async function readMigrations(folders: readonly MigrationFolder[]): Promise<Migration[]> {
  const migrations: Migration[] = [];
  for (const { feature, folder } of folders) {
    const files = (await readdir(folder)).filter((file) => file.endsWith(".sql")).sort();
    for (const file of files) {
      if (!/^\d{3}-[a-z0-9-]+\.sql$/.test(file)) throw new Error(`${join(folder, file)} is not named NNN-name.sql.`);
      const sql = await readFile(join(folder, file), "utf8");
      const checksum = createHash("sha256").update(sql).digest("hex");
      migrations.push({ name: `${feature}/${file.slice(0, -4)}`, sql, checksum });
    }
  }
  return migrations;
}

/** One word for a set of steps; changes when any of them does. */
export function fingerprintMigrations(migrations: readonly Pick<Migration, "name" | "checksum">[]): string {
  const hash = createHash("sha256");
  for (const { name, checksum } of migrations) hash.update(`${name}:${checksum};`);
  return hash.digest("hex").slice(0, 16);
}

/** Taken for the time of a migration, so that two nodes that start together do not both change the schema. */
const lockKey = 7_274_747;

/**
 * Brings the schema up to date and returns the names of the steps run. All of them happen or none. Throws when a step that
 * was run has changed since, or when the database knows steps that this program does not (it is older).
 *
 * Runs past the gate: a step over a big table takes longer than anybody would wait for a request.
 */
export async function migrate(db: Database, migrations: readonly Migration[], log: Log): Promise<string[]> {
  const steps = await db.withoutDeadline((sql) => runAll(sql, migrations, log));
  if (steps.length > 0) log.info("Brought the database up to date.", { steps: steps.length });
  return steps;
}

function runAll(sql: SQL, migrations: readonly Migration[], log: Log): Promise<string[]> {
  return sql.begin(async (tx) => {
    const [lock] = await tx`select pg_try_advisory_xact_lock(${lockKey}) as is_mine`;
    if (!lock?.is_mine) {
      log.info("Another process is bringing the database up to date; this one waits for it.");
      await tx`set local lock_timeout = '10min'`;
      await tx`select pg_advisory_xact_lock(${lockKey})`;
    }
    // The wait for those who use a table; they queue behind it meanwhile.
    await tx`set local lock_timeout = '60s'`;
    await tx`
      create table if not exists platform_migrations (
        name text primary key, checksum text not null, run_at timestamptz not null default clock_timestamp()
      )`;
    const missing = await findMissing(tx, migrations);
    for (const { name, sql: step, checksum } of missing) {
      await tx.unsafe(step);
      await tx`insert into platform_migrations (name, checksum) values (${name}, ${checksum})`;
    }
    return missing.map((migration) => migration.name);
  });
}

async function findMissing(tx: TransactionSQL, migrations: readonly Migration[]): Promise<Migration[]> {
  const done = await tx<{ name: string; checksum: string }[]>`select name, checksum from platform_migrations`;
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const row of done) {
    const migration = known.get(row.name);
    if (!migration) {
      throw new StartError(
        `The database is newer than this program: it has run ${row.name}. Start the version that it was made with, or a later one.`,
      );
    }
    if (migration.checksum !== row.checksum) {
      throw new StartError(`The migration ${row.name} was changed after it had run. Restore the file as it was.`);
    }
  }
  const ran = new Set(done.map((row) => row.name));
  return migrations.filter((migration) => !ran.has(migration.name));
}
