import { chmod, readdir, stat } from "node:fs/promises";
import { StartError } from "../platform/start-error.ts";

/** What lies in a data folder (`docs/operate/data-folder.md`), and what a volume of its own has from the start. */
const kept =
  /^(postgres|postgres\.log(\.1)?|postgres-libraries|maru\.lock|signing-keys\.json|secret-key|legal|lost\+found)$/;

/** Describes when other accounts may enter or read a data folder, null when none may. Changes nothing. */
export async function findOpenMode(data: string): Promise<string | null> {
  const mode = (await stat(data)).mode & 0o777;
  if ((mode & 0o077) === 0) return null;
  return `${data} is open to other accounts (mode ${spell(mode)}). The next start closes it; until then run: chmod 700 ${quote(data)}`;
}

/**
 * Closes a data folder that was there before to other accounts, and says so; null when it was closed. Refuses one that is not
 * ours, by its owner or by what lies in it: closing `/tmp` or somebody's home would keep others from what is theirs. So is one
 * that the system lets nobody read or close, such as a volume that takes no modes.
 */
export async function closeDataFolder(
  data: string,
  ownUid = process.getuid?.(),
  files = { readdir: (path: string) => readdir(path), chmod },
): Promise<string | null> {
  const { mode, uid } = await stat(data);
  if ((mode & 0o077) === 0 || ownUid === undefined) return null;
  const refuse = (why: string): never => {
    throw new StartError(
      `The data folder ${data} is open to other accounts (mode ${spell(mode & 0o777)}) and ${why}, so Maru does not close it. ` +
        `Choose another folder with --data, or run: chmod 700 ${quote(data)}`,
    );
  };
  if (uid !== ownUid) refuse(`belongs to another account (uid ${uid})`);
  const entries = await files.readdir(data).catch((error: Error) => refuse(`cannot be read (${error.message})`));
  const [stranger] = entries.filter((name) => !kept.test(name)).sort();
  if (stranger !== undefined && !entries.some((name) => name !== "lost+found" && kept.test(name))) {
    refuse(`holds what is not Maru's (${stranger})`);
  }
  await files.chmod(data, 0o700).catch((error: Error) => refuse(`cannot be closed (${error.message})`));
  return `The data folder ${data} was open to other accounts (mode ${spell(mode & 0o777)}); it is closed now (mode 700).`;
}

const spell = (mode: number) => mode.toString(8).padStart(3, "0");

/** A path as one word of a shell. */
function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
