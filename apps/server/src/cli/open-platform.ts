import { join } from "node:path";
import type { Config } from "../config/index.ts";
import { systemClock } from "../platform/clock.ts";
import { type Database, type DatabaseTarget, openDatabase } from "../platform/db/database.ts";
import { startEmbeddedPostgres } from "../platform/db/embedded-postgres.ts";
import { findRefusal } from "../platform/db/inspect.ts";
import { findRunningPostgres } from "../platform/db/running-postgres.ts";
import { createLog, type Log, silentLog } from "../platform/log.ts";
import type { Shutdown } from "../platform/shutdown.ts";
import { StartError } from "../platform/start-error.ts";

/** The log of a process: words on a terminal, JSON lines elsewhere. */
export function openLog(config: Config): Log {
  return createLog({
    level: config.logLevel,
    write: (line) => process.stderr.write(`${line}\n`),
    now: systemClock.now,
    isPretty: process.stderr.isTTY === true,
  });
}

/** Opens the database of the settings, the embedded one if none is named, and adds its end to the shut-down. */
export async function openConfiguredDatabase(config: Config, log: Log, shutdown: Shutdown): Promise<Database> {
  let db: Database | null = null;
  const target = await findTarget(config, log, shutdown, (reason) => db?.suspendWrites(reason));
  db = openNamed(target, log);
  const opened = db;
  shutdown.add("database connections", () => opened.close());
  if (config.databaseUrl) await requireAnswer(opened, config.databaseUrl);
  return opened;
}

/** Opens the database for a look: beside the server that runs on it, if one does. */
export async function openDatabaseToLook(config: Config, shutdown: Shutdown): Promise<Database> {
  const running = config.databaseUrl ? null : await findRunningPostgres(config.data);
  if (!running) return openConfiguredDatabase(config, silentLog, shutdown);
  const db = openDatabase(running, { clock: systemClock, poolSize: 1 });
  shutdown.add("database connections", () => db.close());
  // A killed server's Postgres may be in the middle of its end.
  return (await db.ping()) ? db : openConfiguredDatabase(config, silentLog, shutdown);
}

/** Opens a database; the driver reads its address at once, and what it cannot read is said in words. */
function openNamed(target: DatabaseTarget, log: Log): Database {
  try {
    return openDatabase(target, { clock: systemClock, log });
  } catch (error) {
    if (!("url" in target)) throw error;
    throw new StartError(`DATABASE_URL cannot be read: ${(error as Error).message}.`);
  }
}

async function requireAnswer(db: Database, url: string): Promise<void> {
  const refusal = await findRefusal(db);
  if (refusal === null) return;
  const where = URL.canParse(url) ? new URL(url).host : "its address";
  throw new StartError(`The database at ${where} cannot be used: ${refusal}. See DATABASE_URL.`);
}

async function findTarget(
  config: Config,
  log: Log,
  shutdown: Shutdown,
  onStorageFault: (reason: string) => void,
): Promise<DatabaseTarget> {
  if (config.databaseUrl) return { url: config.databaseUrl };
  const postgres = await startEmbeddedPostgres({ data: config.data, clock: systemClock, log, onStorageFault });
  shutdown.add("embedded Postgres", () => postgres.stop());
  return { socketPath: postgres.socketPath, username: postgres.username, database: "postgres" };
}

/** Where the built web app lies. */
export const webRoot = join(import.meta.dir, "../../../web/dist");
