import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SpawnedServer, spawnServer } from "../apps/server/src/testing/spawn-server.ts";

/** A server whose data lie on a disk of its own, which can be filled, freed and made read-only. */
export class SmallDisk {
  readonly #folder: string;
  readonly server: SpawnedServer;
  /** The server's own database, asked past the server. */
  readonly postgres: Bun.SQL;

  private constructor(folder: string, server: SpawnedServer) {
    this.#folder = folder;
    this.server = server;
    const words = readFileSync(this.inside("postgres/postmaster.pid"), "utf8").split("\n");
    const path = join(words[4] ?? "", `.s.PGSQL.${words[3]}`);
    this.postgres = new Bun.SQL({ path, username: "maru", database: "postgres", adapter: "postgres", max: 1 });
  }

  /** `unshare`: the program that gives a process mounts of its own. */
  static async mount(unshare: string): Promise<SmallDisk> {
    const folder = await mkdtemp(join(tmpdir(), "maru-disk-"));
    const script = `mount -t tmpfs -o size=160m none '${folder}' && mkdir '${folder}/data' && exec "$@"`;
    const within = [unshare, "--mount", "sh", "-c", script, "sh"];
    return new SmallDisk(folder, await spawnServer({ data: join(folder, "data"), within, env: { MARU_LOG: "debug" } }));
  }

  /** A file of the server's own disk, which no other process sees. */
  inside(name: string): string {
    return join(`/proc/${this.server.pid}/root`, this.server.data, name);
  }

  fill(): void {
    const file = openSync(this.inside("fill"), "w");
    try {
      for (let bytes = 1_048_576; bytes >= 1; ) {
        try {
          // Zero bytes written are as good as a refusal.
          if (writeSync(file, Buffer.alloc(bytes)) < bytes) bytes >>= 1;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
          bytes >>= 1;
        }
      }
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.inside("fill"), { force: true });
  }

  /** Makes the database refuse every write from the next one on, or take them again. */
  async setReadOnly(isReadOnly: boolean): Promise<void> {
    if (isReadOnly) await this.postgres`alter system set default_transaction_read_only = on`;
    else await this.postgres`alter system reset default_transaction_read_only`;
    await this.postgres`select pg_reload_conf()`;
  }

  async isReady(): Promise<boolean> {
    return (await fetch(`${this.server.url}/readyz`)).ok;
  }

  linesWith(words: string): string[] {
    return this.server
      .output()
      .split("\n")
      .filter((line) => line.includes(words));
  }

  async stop(): Promise<void> {
    await this.postgres.close({ timeout: 0 });
    await this.server.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
