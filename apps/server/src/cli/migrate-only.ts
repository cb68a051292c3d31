import type { Config } from "../config/index.ts";
import { settleNicknames } from "../features/identity/index.ts";
import { indexFolders, migrationFolders } from "../migrations.ts";
import { systemClock } from "../platform/clock.ts";
import { buildIndexesInTurn, readBackgroundIndexes } from "../platform/db/background-indexes.ts";
import { migrate, readMigrations } from "../platform/db/migrate.ts";
import { Shutdown } from "../platform/shutdown.ts";
import { openConfiguredDatabase, openLog } from "./open-platform.ts";

/** Brings the database up to date without serving. */
export async function migrateOnly(config: Config): Promise<number> {
  const log = openLog(config);
  const shutdown = new Shutdown(systemClock, log);
  try {
    const db = await openConfiguredDatabase(config, log, shutdown);
    const steps = await migrate(db, await readMigrations(migrationFolders), log);
    // Here rather than at the start of a node, which would serve only after it.
    await settleNicknames(db);
    const indexes = await readBackgroundIndexes(indexFolders);
    const built = await buildIndexesInTurn({ db, indexes, clock: systemClock, log });
    const done = [...steps.map((step) => `ran ${step}`), ...built.map((index) => `built ${index}`)];
    console.log(done.length > 0 ? done.join("\n") : "The database is up to date.");
    return 0;
  } finally {
    await shutdown.run();
  }
}
