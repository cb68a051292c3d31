import { mkdir } from "node:fs/promises";
import { startApp } from "../app.ts";
import { type Config, listServiceVariables } from "../config/index.ts";
import { indexFolders, migrationFolders } from "../migrations.ts";
import { openBus } from "../platform/bus/open-bus.ts";
import { systemClock } from "../platform/clock.ts";
import { readBackgroundIndexes, startIndexBuilder } from "../platform/db/background-indexes.ts";
import { migrate, readMigrations } from "../platform/db/migrate.ts";
import { isOpenToNetwork } from "../platform/http/own-addresses.ts";
import { Shutdown } from "../platform/shutdown.ts";
import { StartError } from "../platform/start-error.ts";
import { closeDataFolder } from "./folder-mode.ts";
import { openConfiguredDatabase, openLog, webRoot } from "./open-platform.ts";
import { makeReadyAccounts } from "./ready-accounts.ts";
import { waitForShutdown } from "./wait-for-shutdown.ts";

/** Starts Maru and stays until a signal; returns the exit code. A second signal ends it at once. */
export async function serve(config: Config, { isDev = false } = {}): Promise<number> {
  const log = openLog(config);
  const shutdown = new Shutdown(systemClock, log);
  const end = waitForShutdown(log);
  try {
    const skipped = listServiceVariables(process.env);
    if (skipped.length > 0) {
      log.info("These variables are of a Kubernetes Service and no settings; they are skipped.", {
        names: skipped.join(", "),
      });
    }
    if (isDev && isOpenToNetwork(config.bind)) {
      throw new StartError(
        "`./maru dev` has accounts that anybody could use, so it listens on this machine only: leave --bind out.",
      );
    }
    await mkdir(config.data, { recursive: true, mode: 0o700 }).catch((error: Error) => {
      throw new StartError(
        `The data folder ${config.data} cannot be made (${error.message}). Choose another with --data.`,
      );
    });
    const closed = await closeDataFolder(config.data);
    if (closed !== null) log.warn(closed);
    const db = await openConfiguredDatabase(config, log, shutdown);
    await migrate(db, await readMigrations(migrationFolders), log);
    const bus = await openBus(config.busUrl, { log });
    shutdown.add("bus", () => bus.close());
    const app = await startApp({ config, db, bus, log, shutdown, webRoot, isDev });
    const indexes = await readBackgroundIndexes(indexFolders);
    const builder = startIndexBuilder({ db, indexes, clock: systemClock, log });
    shutdown.add("indexes", async () => builder.stop());
    const unfilled = new Set(app.identity.findUnfilledLegal().map(({ placeholder }) => placeholder));
    if (unfilled.size > 0) {
      log.warn("/terms and /privacy name no operator yet. Set it before others come.", {
        missing: [...unfilled].join(", "),
      });
    }
    if (isDev) await makeReadyAccounts(app.identity);
    console.log(`Maru is ready on ${app.url}`);
    const exitCode = await end;
    log.info("Stopping.");
    return exitCode;
  } finally {
    await shutdown.run();
  }
}
