import { spawnSync } from "node:child_process";
import { chown, cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { PostgresBinaries } from "./postgres-binaries.ts";

/**
 * How Postgres is run. It refuses to run as root; a user namespace lets root's own files belong to somebody else for it,
 * in place, also below folders that only root may enter.
 */
export type PostgresIdentity = {
  /** Words put before each command. */
  readonly prefix: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
  readonly binaries: PostgresBinaries;
  /** The folder that holds the cluster. */
  readonly home: string;
};

const nobody = 65_534;

/** Chooses how to run Postgres for a data folder. `key` is short and belongs to the data folder alone. */
export async function choosePostgresIdentity(
  binaries: PostgresBinaries,
  data: string,
  key: string,
  probe: Probe = { isRoot: process.getuid?.() === 0, canMapUser: canMapUser },
): Promise<PostgresIdentity> {
  if (!probe.isRoot) return { prefix: [], binaries, home: data };
  if (probe.canMapUser()) return { prefix: mapUser, binaries, home: data };
  // Where a container forbids namespaces: a folder that `nobody` can reach, with binaries and cluster of its own.
  const home = join("/var/lib/maru", key);
  await mkdir(home, { recursive: true, mode: 0o755 });
  const root = join(home, "native");
  await cp(binaries.root, root, { recursive: true, verbatimSymlinks: true, force: false });
  const cluster = join(home, "cluster");
  await mkdir(cluster, { recursive: true, mode: 0o700 });
  await chown(cluster, nobody, nobody);
  return {
    prefix: [],
    uid: nobody,
    gid: nobody,
    binaries: { root, initdb: join(root, "bin/initdb"), postgres: join(root, "bin/postgres") },
    home: cluster,
  };
}

export type Probe = { readonly isRoot: boolean; readonly canMapUser: () => boolean };

const mapUser = ["unshare", "--user", `--map-user=${nobody}`, `--map-group=${nobody}`];

function canMapUser(): boolean {
  return spawnSync(mapUser[0] as string, [...mapUser.slice(1), "true"], { stdio: "ignore" }).status === 0;
}
