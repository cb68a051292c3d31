import { stat } from "node:fs/promises";

/**
 * Tells in words when other accounts may enter or read a data folder, null when none may. One that we make lets nobody in;
 * one that was there belongs to its maker, who may have a reason, and so it is said and not changed.
 */
export async function findOpenMode(data: string): Promise<string | null> {
  const mode = (await stat(data)).mode & 0o777;
  if ((mode & 0o077) === 0) return null;
  return `${data} is open to other accounts (mode ${mode.toString(8).padStart(3, "0")}). Its secrets and its database are not; if there is no reason for it, run: chmod 700 ${quote(data)}`;
}

/** A path as one word of a shell. */
function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
