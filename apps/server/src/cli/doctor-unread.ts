import type { Config } from "../config/index.ts";
import { recountUnread } from "../features/rooms/index.ts";
import { systemClock } from "../platform/clock.ts";
import { silentLog } from "../platform/log.ts";
import { Shutdown } from "../platform/shutdown.ts";
import { openDatabaseToLook } from "./open-platform.ts";

/**
 * Recounts every badge from the messages and says where one would differ; the exit code is 1 when any does. Reads only, so
 * it may run beside the nodes that serve.
 */
export async function doctorUnread(config: Config): Promise<number> {
  const shutdown = new Shutdown(systemClock, silentLog);
  try {
    const db = await openDatabaseToLook(config, shutdown);
    const { faults, roomCount, memberCount } = await recountUnread(db);
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
