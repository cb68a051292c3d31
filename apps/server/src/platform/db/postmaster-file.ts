import { readFileSync, readlinkSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isAlive } from "./process-signals.ts";

/** What a Postgres wrote into its cluster about itself. */
export type Postmaster = { readonly pid: number; readonly socketPath: string };

/** The Postgres that runs on a cluster now, as its own file says; null when none does. */
export async function findPostmaster(cluster: string): Promise<Postmaster | null> {
  const lines = await readLines(cluster);
  const pid = Number(lines[0]);
  if (!isAlive(pid) || !isPostgresOn(cluster, pid)) return null;
  // Port and folder of its socket, wherever that was chosen to be at its start.
  const [, , , port = "", socketFolder = ""] = lines.map((line) => line.trim());
  return { pid, socketPath: join(socketFolder, `.s.PGSQL.${port}`) };
}

/**
 * Readies the file that a dead Postgres left for the next one. Its pid may be anybody's by now, and then Postgres would
 * not start. The file must stay, because it also tells the next one of shared memory that is still in use; so it gets our
 * own pid, which Postgres does not mind, being our child.
 */
export async function disownPostmasterFile(cluster: string): Promise<void> {
  const [first, ...rest] = await readLines(cluster);
  if (first === undefined || !isAlive(Number(first))) return;
  await writeFile(join(cluster, "postmaster.pid"), [process.pid, ...rest].join("\n"));
}

async function readLines(cluster: string): Promise<string[]> {
  return readFile(join(cluster, "postmaster.pid"), "utf8").then(
    (text) => text.split("\n"),
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    },
  );
}

/** Whether a process is the Postgres of a cluster, rather than one that has its pid by now. */
function isPostgresOn(cluster: string, pid: number): boolean {
  if (process.platform !== "linux") {
    const { stdout } = Bun.spawnSync(["ps", "-o", "command=", "-p", String(pid)]);
    return stdout.toString().includes(`-D ${cluster} `);
  }
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(cluster)) return true;
    // Started under another name of the folder.
    return readlinkSync(`/proc/${pid}/cwd`) === cluster;
  } catch {
    return false;
  }
}
