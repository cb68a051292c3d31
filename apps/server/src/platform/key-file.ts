import { link, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { StartError } from "./start-error.ts";

/**
 * Reads a secret file, made at the first start and entered by its owner alone. It is written whole beside its place and
 * linked there, so that a crash leaves no half key, and of two that start at once both read the same. One that others may
 * read, or that is empty, is refused rather than mended: what it sealed or signed depends on it.
 */
export async function readOrMakeSecretFile(path: string, make: () => Promise<string>): Promise<string> {
  const existing = await readSecretFile(path);
  if (existing !== null) return existing;
  const fresh = `${path}.${process.pid}.new`;
  await rm(fresh, { force: true });
  await writeFile(fresh, await make(), { mode: 0o600, flag: "wx", flush: true });
  await link(fresh, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(fresh, { force: true });
  await flushFolder(dirname(path));
  const made = await readSecretFile(path);
  if (made === null) throw new StartError(`${path} was taken away while Maru started.`);
  return made;
}

async function readSecretFile(path: string): Promise<string | null> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) {
      throw new StartError(
        `${path} can be read by other accounts. If none of them has, run: chmod 600 ${path} – otherwise replace it.`,
      );
    }
    const text = await readFile(path, "utf8");
    if (text.trim() === "") throw new StartError(`${path} is empty. Restore it; a new one would not fit what is kept.`);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    if ((error as NodeJS.ErrnoException).code !== "EACCES") throw error;
    throw new StartError(`${path} cannot be read by this account. Start Maru as the account that owns it.`);
  }
}

/** Makes the new name last through a power failure. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
