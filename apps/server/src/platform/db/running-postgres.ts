import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseTarget } from "./database.ts";
import { username } from "./postgres-cluster.ts";
import { findPostmaster } from "./postmaster-file.ts";

/**
 * Finds the embedded Postgres that runs on a data folder, by what Postgres itself wrote there; null when none runs, or
 * when this account may not look. For short commands beside the server: it ends with the server, and nothing here starts
 * or stops it.
 */
export async function findRunningPostgres(data: string): Promise<DatabaseTarget | null> {
  const running = await realpath(join(data, "postgres"))
    .then(findPostmaster, () => null)
    .catch(() => null);
  if (!running || !existsSync(running.socketPath)) return null;
  return { socketPath: running.socketPath, username, database: "postgres" };
}
