import { join } from "node:path";
import type { Config } from "../config/index.ts";
import { systemClock } from "../platform/clock.ts";
import { type Database, type DatabaseTarget, openDatabase } from "../platform/db/database.ts";
import { startEmbeddedPostgres } from "../platform/db/embedded-postgres.ts";
import { createLog, type Log } from "../platform/log.ts";
import type { Shutdown } from "../platform/shutdown.ts";

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
  const target = await findTarget(config, log, shutdown);
  const db = openDatabase(target, { clock: systemClock });
  shutdown.add("database connections", () => db.close());
  return db;
}

async function findTarget(config: Config, log: Log, shutdown: Shutdown): Promise<DatabaseTarget> {
  if (config.databaseUrl) return { url: config.databaseUrl };
  const postgres = await startEmbeddedPostgres({ data: config.data, clock: systemClock, log });
  shutdown.add("embedded Postgres", () => postgres.stop());
  return { socketPath: postgres.socketPath, username: postgres.username, database: "postgres" };
}

/** Where the built web app lies. */
export const webRoot = join(import.meta.dir, "../../../web/dist");
