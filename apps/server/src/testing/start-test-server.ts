import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, startApp } from "../app.ts";
import { type Config, readConfig } from "../config/index.ts";
import type { LimitsSource } from "../platform/account-limits/limits-source.ts";
import { MemoryHub } from "../platform/bus/memory-bus.ts";
import { systemClock } from "../platform/clock.ts";
import type { Database } from "../platform/db/database.ts";
import { type Log, silentLog } from "../platform/log.ts";
import { Shutdown } from "../platform/shutdown.ts";
import { openTestDatabase, type TestDatabase } from "./open-test-database.ts";
import { testSecretKey, useTestSigningKeys } from "./signing-keys.ts";

export type TestServerOptions = {
  /** The database of another node; without it a fresh one, dropped at the end. */
  readonly database?: TestDatabase;
  /** Joins the buses of several nodes; without it this node is alone. */
  readonly hub?: MemoryHub;
  /**
   * Settings that differ from the defaults. A proxy is trusted here unless this says otherwise: a test gives each of its
   * people an address of their own by `X-Forwarded-For`, so that limits by address do not meet them all at once.
   */
  readonly config?: Partial<Config>;
  readonly log?: Log;
  /** Folder of a built web app; without it there is none. */
  readonly webRoot?: string;
  readonly isDev?: boolean;
  /** Grants accounts other limits than usual. */
  readonly limitsSource?: LimitsSource;
};

/** The whole product in this process. */
export type TestServer = {
  readonly url: string;
  readonly port: number;
  readonly app: App;
  readonly config: Config;
  readonly db: Database;
  /** To be given to a second node. */
  readonly database: TestDatabase;
  readonly hub: MemoryHub;
  /** Drains and stops as a signal would; drops the database unless another node made it. */
  stop(): Promise<void>;
};

/**
 * Starts the product as `serve` does, on a free port of loopback, with a real Postgres.
 *
 * @example
 * const one = await startTestServer();
 * const two = await startTestServer({ database: one.database, hub: one.hub });
 * …
 * await two.stop();
 * await one.stop();
 */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { hub = new MemoryHub(), log = silentLog } = options;
  const database = options.database ?? (await openTestDatabase());
  const data = await mkdtemp(join(tmpdir(), "maru-test-server-"));
  const shutdown = new Shutdown(systemClock, log);
  shutdown.add("data folder", () => rm(data, { recursive: true, force: true }));
  if (!options.database) shutdown.add("database", () => database.close());
  try {
    const db = options.database ? database.connect() : database.db;
    if (options.database) shutdown.add("database connections", () => db.close());
    const bus = hub.connect();
    shutdown.add("bus", () => bus.close());
    const config: Config = {
      ...readConfig({}, ["--port", "0", "--data", data]),
      trustProxy: 1,
      signingKeys: await useTestSigningKeys(),
      secretKey: testSecretKey,
      ...options.config,
    };
    const webRoot = options.webRoot ?? join(data, "no-web-app");
    const granted = options.limitsSource && { limitsSource: options.limitsSource };
    const app = await startApp({ config, db, bus, log, shutdown, webRoot, isDev: options.isDev ?? false, ...granted });
    const { url, port } = app;
    return { url, port, app, config, db, database, hub, stop: () => shutdown.run() };
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}
