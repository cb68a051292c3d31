/** Runs the Postgres of a data folder until it is killed, and runs what it is told: `postgres-holder.ts FOLDER [SQL]`. */
import { systemClock } from "../clock.ts";
import { silentLog } from "../log.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";

const [data = "", statement] = process.argv.slice(2);
try {
  const { socketPath, username, pid } = await startEmbeddedPostgres({ data, clock: systemClock, log: silentLog });
  const sql = new Bun.SQL({ path: socketPath, username, database: "postgres", max: 1, adapter: "postgres" });
  if (statement) await sql.unsafe(statement);
  console.log(`holding ${pid}`);
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
  process.exit(1);
}
