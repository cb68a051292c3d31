import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseTarget } from "./database.ts";
import { username } from "./postgres-cluster.ts";

/**
 * Finds the embedded Postgres that a running Maru holds on a data folder, by what Postgres itself wrote there; null when
 * none runs. For short commands beside the server: it ends with the server, and nothing here starts or stops it.
 */
export async function findRunningPostgres(data: string): Promise<DatabaseTarget | null> {
  const text = await readFile(join(data, "postgres", "postmaster.pid"), "utf8").catch(() => "");
  const [, , , port = "", socketFolder = ""] = text.split("\n").map((line) => line.trim());
  const socketPath = join(socketFolder, `.s.PGSQL.${port}`);
  if (socketFolder === "" || !existsSync(socketPath)) return null;
  return { socketPath, username, database: "postgres" };
}
