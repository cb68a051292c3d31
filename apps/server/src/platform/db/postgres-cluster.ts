import { spawn } from "node:child_process";
import { lchown, lstat, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { StartError } from "../start-error.ts";
import type { PostgresBinaries } from "./postgres-binaries.ts";
import { environmentOf, type PostgresLauncher } from "./postgres-launchers.ts";

/** The role that everything runs as; the socket's folder is what keeps others out. */
export const username = "maru";

/**
 * Readies the cluster in a folder: makes it when nothing is there, and sees to it that the account that will run it owns
 * it. What is there and is no cluster that can be run is left alone, and said.
 */
export async function readyCluster(
  cluster: string,
  launcher: PostgresLauncher,
  binaries: PostgresBinaries,
): Promise<void> {
  if (await isNothingThere(cluster)) return makeCluster(cluster, launcher, binaries);
  const version = await readVersion(cluster);
  if (version !== binaries.version) {
    throw new StartError(
      `The database in ${cluster} was made by Postgres ${version}, and this Maru brings Postgres ${binaries.version}. ` +
        "Start it with the Maru that made it.",
    );
  }
  await giveTo(cluster, launcher);
}

async function isNothingThere(cluster: string): Promise<boolean> {
  try {
    return (await readdir(cluster)).length === 0;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return true;
    if (code === "EACCES" || code === "EPERM") throw new StartError(foreign(cluster, (await lstat(cluster)).uid));
    throw new StartError(`The database in ${cluster} cannot be read (${message}).`);
  }
}

async function readVersion(cluster: string): Promise<string> {
  try {
    return (await readFile(join(cluster, "PG_VERSION"), "utf8")).trim();
  } catch (error) {
    throw new StartError(
      `${cluster} is not empty and holds no database that can be read (${(error as Error).message}). ` +
        "Restore it, or move it away to start with an empty database.",
    );
  }
}

/** Makes it beside its place and moves it there whole, so that a half-made one never counts. */
async function makeCluster(cluster: string, launcher: PostgresLauncher, binaries: PostgresBinaries): Promise<void> {
  const fresh = `${cluster}.new`;
  await rm(fresh, { recursive: true, force: true });
  const locale = ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const words = [...launcher.prefix, binaries.initdb, "-D", fresh, "-U", username, "-A", "trust", ...locale];
  const { status, output } = await run(words, environmentOf(binaries));
  if (status !== 0) throw new StartError(`The database could not be made in ${fresh}.\n${output.trim()}`);
  await rename(fresh, cluster);
}

/** Only root can change an owner. The folder itself comes last: a change that was cut short is made again. */
async function giveTo(cluster: string, { owner }: PostgresLauncher): Promise<void> {
  const { uid } = await lstat(cluster);
  if (uid === owner.uid) return;
  if (process.getuid?.() !== 0) throw new StartError(foreign(cluster, uid));
  for (const name of await readdir(cluster, { recursive: true }))
    await lchown(join(cluster, name), owner.uid, owner.gid);
  await lchown(cluster, owner.uid, owner.gid);
}

function foreign(cluster: string, uid: number): string {
  return (
    `The database in ${cluster} belongs to the account ${uid}, and this is ${process.getuid?.()}. ` +
    `Start Maru as that account or as root, or give the folder to this one: chown -R ${process.getuid?.()} ${cluster}`
  );
}

function run(
  words: readonly string[],
  env: Record<string, string>,
): Promise<{ status: number | null; output: string }> {
  const [program = "", ...rest] = words;
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"], env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (part: string) => {
        output += part;
      });
    }
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, output }));
  });
}
