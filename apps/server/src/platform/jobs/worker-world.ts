import { systemClock } from "../clock.ts";
import { openDatabase } from "../db/database.ts";
import { silentLog } from "../log.ts";
import { createJobs } from "./jobs.ts";

/**
 * A worker in a process of its own, to be killed: takes one job, writes what is not under its fence, and stands still with
 * what is under it in an open transaction. Says so on standard output.
 */
const [socketPath = "", username = "", database = ""] = process.argv.slice(2);
const db = openDatabase({ socketPath, username, database }, { clock: systemClock, poolSize: 4 });
const jobs = createJobs({ db, clock: systemClock, log: silentLog });
jobs.register({
  name: "test.work",
  async run(job) {
    await db.sql`insert into job_effects (name, worker) values (${`begun ${job.payload}`}, 'killed')`;
    await db.transaction(async (tx) => {
      await tx`insert into job_effects (name, worker) values (${`done ${job.payload}`}, 'killed')`;
      await job.complete(tx);
      process.stdout.write("in hand\n");
      await new Promise(() => {});
    });
  },
});
await jobs.start();
