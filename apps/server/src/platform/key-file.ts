import { chmod, link, readFile, rm, writeFile } from "node:fs/promises";

/**
 * Reads a secret file, made at the first start and entered by its owner alone. It is written whole beside its place and
 * linked there, so that a crash leaves no half key, and of two that start at once both read the same.
 */
export async function readOrMakeSecretFile(path: string, make: () => Promise<string>): Promise<string> {
  const existing = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (existing !== null) {
    await chmod(path, 0o600);
    return existing;
  }
  const fresh = `${path}.${process.pid}.new`;
  await writeFile(fresh, await make(), { mode: 0o600, flush: true });
  await link(fresh, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(fresh, { force: true });
  return readFile(path, "utf8");
}
