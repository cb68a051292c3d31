import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../platform/clock.ts";
import { DataFolderTaken } from "../platform/db/data-folder-claim.ts";
import { startEmbeddedPostgres } from "../platform/db/embedded-postgres.ts";
import { silentLog } from "../platform/log.ts";

/** The Postgres that all test processes of one machine share. */
export type TestCluster = { readonly socketPath: string; readonly username: string };

const data = join(tmpdir(), `maru-tests-${process.getuid?.() ?? 0}`);

/**
 * Gives the shared cluster: started by the first process that asks, adopted by the others, stopped by a reaper when
 * nobody has been connected for a while. Starting it takes a second, and there are hundreds of test files.
 */
export async function useTestCluster(): Promise<TestCluster> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  for (let attempt = 0; attempt < 600; attempt++) {
    try {
      const { socketPath, username, pid, leaveRunning } = await startEmbeddedPostgres({
        data,
        clock: systemClock,
        log: silentLog,
      });
      await leaveRunning();
      startReaper(socketPath, pid);
      return { socketPath, username };
    } catch (error) {
      if (!(error instanceof DataFolderTaken)) throw error;
      // Another test process is starting it or adopting it just now.
      await Bun.sleep(20);
    }
  }
  throw new Error(`The shared test database in ${data} does not come up.`);
}

function startReaper(socketPath: string, pid: number): void {
  const reaper = spawn(process.execPath, [join(import.meta.dir, "reaper.ts"), socketPath, String(pid)], {
    detached: true,
    stdio: "ignore",
  });
  reaper.unref();
}
