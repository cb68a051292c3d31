import type { Config } from "../config/index.ts";
import { createIdentity, generateSigningJwks, type Identity } from "../features/identity/index.ts";
import { migrationFolders } from "../migrations.ts";
import { systemClock } from "../platform/clock.ts";
import { type Database, openDatabase } from "../platform/db/database.ts";
import { migrate, readMigrations } from "../platform/db/migrate.ts";
import { findRunningPostgres } from "../platform/db/running-postgres.ts";
import { originOfBind } from "../platform/http/own-addresses.ts";
import { newSecret } from "../platform/ids.ts";
import { createJobs } from "../platform/jobs/jobs.ts";
import { silentLog } from "../platform/log.ts";
import { createOutbox } from "../platform/mail/outbox.ts";
import { createSecretBox } from "../platform/secret-box.ts";
import { Shutdown } from "../platform/shutdown.ts";
import { openConfiguredDatabase, openLog } from "./open-platform.ts";

/**
 * Runs a short command on the accounts of an installation, beside its server or without it. What it does to an account is
 * logged on stderr as the server does, security log included; how the database is opened for it is not. Nothing is signed
 * or sealed here, so the keys are made up.
 */
export async function withIdentity<T>(config: Config, run: (identity: Identity) => Promise<T>): Promise<T> {
  const [clock, log] = [systemClock, openLog(config)];
  const shutdown = new Shutdown(clock, silentLog);
  try {
    const db = await openDatabaseBeside(config, shutdown);
    const secretBox = createSecretBox(newSecret());
    const jobs = createJobs({ db, clock, log });
    const identity = await createIdentity({
      db,
      clock,
      log,
      secretBox,
      jobs,
      outbox: createOutbox({ jobs, log, secretBox, transport: null }),
      signingKeys: await generateSigningJwks("none"),
      signUpMode: config.signUp,
      origin: config.origins[0] ?? originOfBind(config.bind, config.port),
      allowsOrigin: () => false,
      clientAddress: () => "unknown",
      operator: {},
    });
    return await run(identity);
  } finally {
    await shutdown.run();
  }
}

/** The database of the settings: the one that a running server holds if there is one, else opened and brought up to date. */
export async function openDatabaseBeside(config: Config, shutdown: Shutdown): Promise<Database> {
  const running = config.databaseUrl ? null : await findRunningPostgres(config.data);
  if (running) {
    const db = openDatabase(running, { clock: systemClock, poolSize: 1 });
    shutdown.add("database connections", () => db.close());
    if (await db.ping()) return db;
  }
  const db = await openConfiguredDatabase(config, silentLog, shutdown);
  await migrate(db, await readMigrations(migrationFolders), silentLog);
  return db;
}
