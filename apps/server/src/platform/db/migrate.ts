import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../log.ts";
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
export function fingerprintMigrations(migrations: readonly Migration[]): string {
  const hash = createHash("sha256");
  for (const { name, checksum } of migrations) hash.update(`${name}:${checksum};`);
  return hash.digest("hex").slice(0, 16);
}

/** Taken for the time of a migration, so that two nodes that start together do not both change the schema. */
const lockKey = 7_274_747;

/**
 * Brings the schema up to date and tells the names of the steps run. All of them happen or none. Throws when a step that
 * was run has changed since, or when the database knows steps that this program does not (it is older).
 */
export async function migrate(db: Database, migrations: readonly Migration[], log: Log): Promise<string[]> {
  const fresh = await db.transaction(async (tx) => {
    await tx`set local lock_timeout = '60s'`;
    await tx`set local statement_timeout = 0`;
    await tx`select pg_advisory_xact_lock(${lockKey})`;
    await tx`
      create table if not exists platform_migrations (
        name text primary key, checksum text not null, run_at timestamptz not null default clock_timestamp()
      )`;
    const done = await tx<{ name: string; checksum: string }[]>`select name, checksum from platform_migrations`;
    const known = new Map(migrations.map((migration) => [migration.name, migration]));
    for (const row of done) {
      const migration = known.get(row.name);
      if (!migration) throw new Error(`The database is newer than this program: it has run ${row.name}.`);
      if (migration.checksum !== row.checksum) throw new Error(`The migration ${row.name} was changed after it had run.`);
    }
    const ran = new Set(done.map((row) => row.name));
    const missing = migrations.filter((migration) => !ran.has(migration.name));
    for (const { name, sql, checksum } of missing) {
      await tx.unsafe(sql);
      await tx`insert into platform_migrations (name, checksum) values (${name}, ${checksum})`;
    }
    return missing.map((migration) => migration.name);
  });
  if (fresh.length > 0) log.info("Brought the database up to date.", { steps: fresh.length });
  return fresh;
}
