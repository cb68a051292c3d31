import { createHash } from "node:crypto";
import { lstat, mkdir, mkdtemp, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder's path may not be longer: a socket's path may not pass 107 bytes. */
const maxBaseBytes = 60;

/**
 * Makes the folder for the sockets of one data folder: short, because a socket's path is, and entered by its owner alone,
 * because whoever enters it may speak to the database. Its place says nothing: the next start may take another.
 */
export async function makeRuntimeFolder(data: string, base = tmpdir()): Promise<string> {
  const key = createHash("sha256").update(data).digest("hex").slice(0, 12);
  const isUsable = Buffer.byteLength(base) < maxBaseBytes && (await lstat(base).catch(() => null))?.isDirectory();
  const folder = join(isUsable ? base : "/tmp", `maru-${key}`);
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  const found = await lstat(folder);
  const isPrivate = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
  // Somebody else may have taken the name, where all may write.
  return isPrivate ? folder : mkdtemp(`${folder}-`);
}

/** Takes the folder away once its sockets are gone; what else lies in it is not ours to remove. */
export async function removeRuntimeFolder(folder: string): Promise<void> {
  await rmdir(folder).catch(() => {});
}
