/** Runs the Postgres that tests share until nobody has been connected for a minute: `keep-cluster.ts FOLDER`. */
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../platform/clock.ts";
import { startEmbeddedPostgres } from "../platform/db/embedded-postgres.ts";
import { silentLog } from "../platform/log.ts";

const lonelyRounds = 12;
const roundMs = 5_000;

const data = process.argv[2] as string;
// Many test processes share it, each with nodes of its own. Nothing in it outlives the machine, so nothing waits for the disk;
// what a kill of Postgres may cost is tested with clusters of its own.
const settings = { max_connections: "400", fsync: "off", full_page_writes: "off" };
const postgres = await startEmbeddedPostgres({ data, clock: systemClock, log: silentLog, settings });
const { socketPath, username } = postgres;
const notice = join(data, "ready.json");
await writeFile(`${notice}.new`, JSON.stringify({ socketPath, username }));
await rename(`${notice}.new`, notice);

const sql = new Bun.SQL({ path: socketPath, username, database: "postgres", max: 1, adapter: "postgres" });
for (let lonely = 0; lonely < lonelyRounds; ) {
  await Bun.sleep(roundMs);
  const [row] = await sql`
    select count(*)::int as count from pg_stat_activity
    where backend_type = 'client backend' and pid <> pg_backend_pid()`;
  lonely = row.count === 0 ? lonely + 1 : 0;
}
await rm(notice, { force: true });
await sql.close({ timeout: 0 });
await postgres.stop();
process.exit();
