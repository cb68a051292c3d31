import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@maru/protocol";
import type { Log } from "../log.ts";
import { StartError } from "../start-error.ts";
import { claimDataFolder } from "./data-folder-claim.ts";
import { findPostgresPackage, readyPostgresBinaries } from "./postgres-binaries.ts";
import { readyCluster, username } from "./postgres-cluster.ts";
import { choosePostgresLauncher, listPostgresLaunchers, type PostgresLauncher } from "./postgres-launchers.ts";
import { PostgresLog } from "./postgres-log.ts";
import { PostgresProcess } from "./postgres-process.ts";
import { makeRuntimeFolder, removeRuntimeFolder } from "./runtime-folder.ts";

export type EmbeddedPostgresOptions = {
  /** The data folder; made when it is missing. */
  readonly data: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Receives why its disk kept it from going on. */
  readonly onStorageFault?: (reason: string) => void;
  /** Ways to run it, the best first; those of this account unless said. */
  readonly launchers?: readonly PostgresLauncher[];
  /** The npm package that holds the binaries; the installed one unless said. */
  readonly packageFolder?: string;
  /** Settings of Postgres that differ from ours. */
  readonly settings?: Readonly<Record<string, string>>;
};

/** A Postgres of our own that listens on a unix socket only. */
export interface EmbeddedPostgres {
  readonly socketPath: string;
  readonly username: string;
  readonly pid: number;
  /** Shuts down: open transactions end, everything is on disk. Gives the data folder back. */
  stop(): Promise<void>;
}

/**
 * Starts the Postgres of a data folder, and first ends the one that a killed process left running on it. Throws
 * `DataFolderTaken` while another process holds the folder.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const data = await makeDataFolder(options.data);
  const release = claimDataFolder(data);
  try {
    const packageFolder = options.packageFolder ?? findPostgresPackage();
    const binaries = await readyPostgresBinaries(packageFolder, join(data, "postgres-libraries"));
    const launcher = choosePostgresLauncher(options.launchers ?? listPostgresLaunchers(), binaries, data);
    const cluster = await realpath(join(data, "postgres")).catch(() => join(data, "postgres"));
    const runtimeFolder = await makeRuntimeFolder(data);
    const output = new PostgresLog(join(data, "postgres.log"));
    const postgres = new PostgresProcess(
      { cluster, runtimeFolder, launcher, binaries, output, settings: options.settings ?? {} },
      options.clock,
      options.log,
      options.onStorageFault,
    );
    // Nobody may run on it while its owner changes.
    await postgres.endOrphan();
    await readyCluster(cluster, launcher, binaries);
    await postgres.start();
    return {
      socketPath: postgres.socketPath,
      username,
      get pid() {
        return postgres.pid;
      },
      async stop() {
        await postgres.stop();
        await removeRuntimeFolder(runtimeFolder);
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

async function makeDataFolder(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    return await realpath(path);
  } catch (error) {
    throw new StartError(
      `The data folder ${path} cannot be made or entered by this account (${(error as Error).message}). ` +
        "Give another folder (--data), or start Maru as the account that owns this one.",
    );
  }
}
