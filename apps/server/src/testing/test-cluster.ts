import { spawn } from "node:child_process";
import { mkdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The Postgres that all test processes of one machine share. */
export type TestCluster = { readonly socketPath: string; readonly username: string };

const data = join(tmpdir(), `maru-tests-${process.getuid?.() ?? 0}`);
const notice = join(data, "ready.json");
const patienceMs = 30_000;
/** How long a keeper gets before another one is sent to look: two at once sort it out by the claim on the folder. */
const keeperMs = 5_000;

/**
 * Gives the shared cluster: kept by a process of its own, started by the first test process that asks, ended when nobody
 * has been connected for a while. Starting it takes a second, and there are hundreds of test files.
 */
export async function useTestCluster(): Promise<TestCluster> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  const end = performance.now() + patienceMs;
  let keeperAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    const cluster = await findRunning();
    if (cluster) return cluster;
    if (performance.now() > end) throw new Error(`The shared test database in ${data} does not come up.`);
    if (performance.now() - keeperAt > keeperMs) {
      keeperAt = performance.now();
      startKeeper();
    }
    await Bun.sleep(20);
  }
}

async function findRunning(): Promise<TestCluster | null> {
  const text = await readFile(notice, "utf8").catch(() => null);
  if (text === null) return null;
  const cluster = JSON.parse(text) as TestCluster;
  if (await answers(cluster)) return cluster;
  await rm(notice, { force: true });
  return null;
}

async function answers({ socketPath, username }: TestCluster): Promise<boolean> {
  const sql = new Bun.SQL({ path: socketPath, username, database: "postgres", max: 1, adapter: "postgres" });
  const isUp = await sql`select 1`.then(
    () => true,
    () => false,
  );
  await sql.close({ timeout: 0 }).catch(() => {});
  return isUp;
}

/** By way of a shell that ends at once: the runner kills the children of a test that takes too long. */
function startKeeper(): void {
  const words = [process.execPath, join(import.meta.dir, "keep-cluster.ts"), data];
  const shell = spawn("/bin/sh", ["-c", '"$@" </dev/null >/dev/null 2>&1 &', "sh", ...words], {
    detached: true,
    stdio: "ignore",
  });
  shell.unref();
}
