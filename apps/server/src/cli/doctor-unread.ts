import { features } from "../app.ts";
import type { Config } from "../config/index.ts";
import { recountUnread } from "../features/rooms/index.ts";
import { migrationFolders } from "../migrations.ts";
import { systemClock } from "../platform/clock.ts";
import type { Database } from "../platform/db/database.ts";
import { compareSchema } from "../platform/db/inspect.ts";
import { readMigrations } from "../platform/db/migrate.ts";
import { silentLog } from "../platform/log.ts";
import { Shutdown } from "../platform/shutdown.ts";
import { StartError } from "../platform/start-error.ts";
import { openDatabaseToLook } from "./open-platform.ts";

/**
 * Recounts every badge from the messages, and what follows from a room's kind from its policy, and prints where one would
 * differ; the exit code is 1 when any does. Reads only, so it may run beside the nodes that serve.
 */
export async function doctorUnread(config: Config): Promise<number> {
  const shutdown = new Shutdown(systemClock, silentLog);
  try {
    const db = await openDatabaseToLook(config, shutdown);
    await requireSchema(db);
    const kinds = features.all.flatMap(({ roomKinds = [] }) => roomKinds);
    const { faults, roomCount, memberCount } = await recountUnread(db, kinds);
    for (const { roomId, memberId, what, stored, counted } of faults) {
      console.log(
        `✗ room ${roomId}${memberId ? `, member ${memberId}` : ""}: ${what} is ${stored}, counted ${counted}`,
      );
    }
    console.log(`${roomCount} rooms and ${memberCount} members recounted, ${faults.length} differ.`);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await shutdown.run();
  }
}

/** Refuses a database whose tables are not the ones that are counted. */
async function requireSchema(db: Database): Promise<void> {
  const { isEmpty, missing } = await compareSchema(db, await readMigrations(migrationFolders));
  if (isEmpty)
    throw new StartError("The database is empty: there is nothing to count yet. It is made at the first start.");
  if (missing.length > 0) {
    throw new StartError(
      `The database is older than this program: ${missing.length} steps are missing. Run: ./maru migrate`,
    );
  }
}
