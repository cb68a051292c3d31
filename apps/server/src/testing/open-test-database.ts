import { indexFolders, migrationFolders } from "../migrations.ts";
import { systemClock } from "../platform/clock.ts";
import { buildIndexes, readBackgroundIndexes } from "../platform/db/background-indexes.ts";
import { type Database, type DatabaseOptions, type DatabaseTarget, openDatabase } from "../platform/db/database.ts";
import { fingerprintMigrations, migrate, readMigrations } from "../platform/db/migrate.ts";
import { newId } from "../platform/ids.ts";
import { silentLog } from "../platform/log.ts";
import { useTestCluster } from "./test-cluster.ts";

/** A fresh database with the whole schema, of a real Postgres. */
export type TestDatabase = {
  readonly db: Database;
  readonly name: string;
  readonly target: DatabaseTarget;
  /** The same for another process: a `DATABASE_URL`. */
  readonly url: string;
  /** One more pool on the same database: another node. */
  connect(options?: Partial<DatabaseOptions>): Database;
  /** Closes all pools and drops the database. */
  close(): Promise<void>;
};

let cluster: ReturnType<typeof useTestCluster> | null = null;

/**
 * Makes a database for one test file, copied from a template that is migrated once for each version of the schema; or an
 * empty one, for a server that brings it up to date by itself.
 */
export async function openTestDatabase({ isEmpty = false } = {}): Promise<TestDatabase> {
  cluster ??= useTestCluster();
  const { socketPath, username } = await cluster;
  const targetOf = (database: string): DatabaseTarget => ({ socketPath, username, database });
  const template = isEmpty ? "template0" : await makeTemplate(targetOf);
  const name = `test_${newId()}`;
  await withAdmin(targetOf, (sql) => sql.unsafe(`create database ${name} template ${template}`));
  const pools: Database[] = [];
  const connect = (options: Partial<DatabaseOptions> = {}) => {
    const pool = openDatabase(targetOf(name), { clock: systemClock, poolSize: 8, ...options });
    pools.push(pool);
    return pool;
  };
  return {
    db: connect(),
    name,
    target: targetOf(name),
    url: `postgres://${username}@localhost/${name}?host=${encodeURIComponent(socketPath)}`,
    connect,
    async close() {
      await Promise.all(pools.map((pool) => pool.close()));
      await withAdmin(targetOf, (sql) => sql.unsafe(`drop database if exists ${name} with (force)`));
    },
  };
}

async function makeTemplate(targetOf: (database: string) => DatabaseTarget): Promise<string> {
  const migrations = await readMigrations(migrationFolders);
  const indexes = await readBackgroundIndexes(indexFolders);
  const name = `template_${fingerprintMigrations([...migrations, ...indexes])}`;
  await withAdmin(targetOf, async (sql) => {
    // One process makes it, the others wait for the lock and find it.
    await sql`select pg_advisory_lock(7274749)`;
    const [found] = await sql`select 1 from pg_database where datname = ${name} and datistemplate`;
    if (!found) {
      await sql.unsafe(`drop database if exists ${name} with (force)`);
      await sql.unsafe(`create database ${name}`);
      const db = openDatabase(targetOf(name), { clock: systemClock, poolSize: 1 });
      await migrate(db, migrations, silentLog);
      await buildIndexes(db, indexes, silentLog);
      await db.close();
      await sql.unsafe(`alter database ${name} is_template true`);
    }
    await sql`select pg_advisory_unlock(7274749)`;
  });
  return name;
}

async function withAdmin<T>(
  targetOf: (database: string) => DatabaseTarget,
  run: (sql: Bun.SQL) => Promise<T>,
): Promise<T> {
  const admin = openDatabase(targetOf("postgres"), { clock: systemClock, poolSize: 1, deadlineMs: 60_000 });
  try {
    return await run(admin.sql);
  } finally {
    await admin.close();
  }
}
