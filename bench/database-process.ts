import { systemClock } from "../apps/server/src/platform/clock.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../apps/server/src/platform/db/embedded-postgres.ts";
import { silentLog } from "../apps/server/src/platform/log.ts";

/** The Postgres of all nodes, in a data folder of its own, that can be stopped, killed and brought back. */
export class DatabaseProcess {
  #running: EmbeddedPostgres | null = null;

  constructor(readonly data: string) {
    // It lives in a session of its own, so nothing else would end it with us.
    process.on("exit", () => this.crash());
  }

  async start(): Promise<void> {
    this.#running = await startEmbeddedPostgres({ data: this.data, clock: systemClock, log: silentLog });
  }

  /** Ends it in order: sessions are cut, what is committed is kept. */
  async stop(): Promise<void> {
    await this.#running?.stop();
    this.#running = null;
  }

  /** Kills it in the middle of whatever it does; it comes back by itself and recovers from its log. */
  crash(): void {
    if (this.#running) process.kill(this.#running.pid, "SIGQUIT");
  }

  get url(): string {
    const { socketPath, username } = this.#get();
    return `postgres://${username}@localhost/postgres?host=${encodeURIComponent(socketPath)}`;
  }

  /** Runs questions of the bench itself, on a connection of its own. */
  async ask<T>(run: (sql: Bun.SQL) => Promise<T>): Promise<T> {
    const { socketPath, username } = this.#get();
    const sql = new Bun.SQL({ path: socketPath, username, database: "postgres", max: 1, adapter: "postgres" });
    try {
      return await run(sql);
    } finally {
      await sql.close({ timeout: 0 });
    }
  }

  #get(): EmbeddedPostgres {
    if (!this.#running) throw new Error("The database is away.");
    return this.#running;
  }
}
