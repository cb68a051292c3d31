/** Stops the shared test Postgres once nobody has been connected for a minute: `reaper.ts SOCKET PID`. */
const [socketPath, pid] = [process.argv[2] as string, Number(process.argv[3])];
const lonelyRounds = 12;
const roundMs = 5_000;

const sql = new Bun.SQL({ path: socketPath, username: "maru", database: "postgres", max: 1, adapter: "postgres" });
// One reaper is enough; the lock is held for as long as this process is connected.
const [lock] = await sql`select pg_try_advisory_lock(7274748) as is_mine`;
if (!lock.is_mine) process.exit();
for (let lonely = 0; lonely < lonelyRounds; ) {
  await Bun.sleep(roundMs);
  const [row] = await sql`
    select count(*)::int as count from pg_stat_activity
    where backend_type = 'client backend' and pid <> pg_backend_pid()`;
  lonely = row.count === 0 ? lonely + 1 : 0;
}
process.kill(pid, "SIGINT");
process.exit();

export {};
