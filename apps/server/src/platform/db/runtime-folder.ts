import { createHash } from "node:crypto";
import { chown, lstat, mkdir, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A short name that belongs to one data folder. */
export async function keyOfDataFolder(data: string): Promise<string> {
  return createHash("sha256")
    .update(await realpath(data))
    .digest("hex")
    .slice(0, 12);
}

/**
 * Makes the folder for sockets of one data folder: short, because a socket's path may not pass 107 bytes, and entered by
 * its owner alone, because whoever enters it may speak to the database.
 */
export async function makeRuntimeFolder(key: string, owner?: { uid: number; gid: number }): Promise<string> {
  const base = Buffer.byteLength(tmpdir()) < 60 ? tmpdir() : "/tmp";
  const folder = join(base, `maru-${key}`);
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  const found = await lstat(folder);
  const me = process.getuid?.() ?? 0;
  const isOurs = found.uid === me || (owner !== undefined && found.uid === owner.uid);
  if (!found.isDirectory() || !isOurs || (found.mode & 0o077) !== 0) {
    throw new Error(`${folder} exists and is not a private folder of ours. Remove it and start again.`);
  }
  if (owner) await chown(folder, owner.uid, owner.gid);
  return folder;
}
