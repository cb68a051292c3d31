import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Clock } from "@maru/protocol";
import type { Log } from "../log.ts";
import { claimDataFolder } from "./data-folder-claim.ts";
import { findPostgresBinaries } from "./postgres-binaries.ts";
import { choosePostgresIdentity, type PostgresIdentity } from "./postgres-identity.ts";
import { keyOfDataFolder, makeRuntimeFolder } from "./runtime-folder.ts";

export type EmbeddedPostgresOptions = {
  /** The data folder; made when it is missing. */
  readonly data: string;
  readonly clock: Clock;
  readonly log: Log;
};

/** A Postgres of our own that listens on a unix socket only. */
export interface EmbeddedPostgres {
  readonly socketPath: string;
  readonly username: string;
  readonly pid: number;
  /** Shuts down: open transactions end, everything is on disk. Gives the data folder back. */
  stop(): Promise<void>;
  /** Gives the data folder back and leaves Postgres running, unattended; the next start adopts it. */
  leaveRunning(): Promise<void>;
}

const username = "maru";
const port = 5432;
/** The longest a start may take before it is said to have failed, in ms; recovery after a crash is within it. */
const startDeadlineMs = 60_000;

/** Durable by default, small on a small machine. */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: "",
  unix_socket_permissions: "0700",
  max_connections: "60",
  shared_buffers: "64MB",
  effective_cache_size: "512MB",
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  wal_compression: "on",
  max_wal_size: "512MB",
  io_method: "sync",
  max_parallel_workers_per_gather: "0",
  jit: "off",
  log_min_messages: "warning",
  log_checkpoints: "off",
};

/**
 * Starts the Postgres of a data folder, or adopts the one that a killed process left running on it. Throws
 * `DataFolderTaken` while another process holds the folder.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const data = resolve(options.data);
  await mkdir(data, { recursive: true, mode: 0o700 });
  const key = await keyOfDataFolder(data);
  const identity = await choosePostgresIdentity(await findPostgresBinaries(), data, key);
  const owner = identity.uid === undefined ? undefined : { uid: identity.uid, gid: identity.gid ?? identity.uid };
  const runtimeFolder = await makeRuntimeFolder(key, owner);
  const release = await claimDataFolder(data, runtimeFolder);
  try {
    const postgres = new PostgresProcess(identity, runtimeFolder, options);
    await postgres.initialize();
    await postgres.start();
    return {
      socketPath: postgres.socketPath,
      username,
      get pid() {
        return postgres.pid;
      },
      async stop() {
        await postgres.stop();
        await release();
      },
      async leaveRunning() {
        postgres.unattend();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

class PostgresProcess {
  readonly socketPath: string;
  pid = 0;
  readonly #cluster: string;
  #child: ChildProcess | null = null;
  #isStopping = false;

  constructor(
    readonly identity: PostgresIdentity,
    readonly runtimeFolder: string,
    readonly options: EmbeddedPostgresOptions,
  ) {
    this.socketPath = join(runtimeFolder, `.s.PGSQL.${port}`);
    this.#cluster = join(identity.home, "postgres");
  }

  /** Makes the cluster beside its place and moves it there whole, so that a half-made one never counts. */
  async initialize(): Promise<void> {
    if (existsSync(join(this.#cluster, "PG_VERSION"))) return;
    const fresh = `${this.#cluster}.new`;
    await rm(fresh, { recursive: true, force: true });
    const child = this.#spawn(
      this.identity.binaries.initdb,
      [
        "-D",
        fresh,
        "-U",
        username,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
      ],
      false,
    );
    const [output, status] = await Promise.all([readAll(child), exitOf(child)]);
    if (status !== 0) throw new Error(`The database could not be made in ${fresh}.\n${output}`);
    await rename(fresh, this.#cluster);
  }

  async start(): Promise<void> {
    const running = await this.#findRunning();
    if (running) {
      this.options.log.info("Adopted the Postgres that was left running.", { pid: running });
      this.pid = running;
      this.#watchAdopted();
    } else {
      this.#launch();
    }
    await this.#untilReady();
  }

  /** Fast shutdown: sessions end, a checkpoint is written. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    signal(this.pid, "SIGINT");
    const deadline = this.options.clock.monotonic() + 30_000;
    while (isAlive(this.pid)) {
      if (this.options.clock.monotonic() > deadline) signal(this.pid, "SIGQUIT");
      await this.#pause(10);
    }
  }

  /** Stops looking after it. */
  unattend(): void {
    this.#isStopping = true;
  }

  #launch(): void {
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const child = this.#spawn(
      this.identity.binaries.postgres,
      ["-D", this.#cluster, "-k", this.runtimeFolder, "-p", String(port), ...flags],
      true,
    );
    this.#child = child;
    this.pid = child.pid ?? 0;
    child.once("exit", (code, by) => this.#onExit(`code ${code ?? "-"}, signal ${by ?? "-"}`));
    child.unref();
  }

  #onExit(how: string): void {
    this.#child = null;
    if (this.#isStopping) return;
    this.options.log.error("Postgres ended by itself and is started again.", { how });
    this.options.clock.setTimeout(() => {
      if (!this.#isStopping) this.#restart();
    }, 200);
  }

  /** A killed postmaster leaves children that hold the cluster for a moment; the start is repeated until they are gone. */
  #restart(): void {
    rm(join(this.#cluster, "postmaster.pid"), { force: true }).then(
      () => this.#launch(),
      () => this.#launch(),
    );
  }

  #watchAdopted(): void {
    const pid = this.pid;
    const look = () => {
      if (this.#isStopping || this.pid !== pid) return;
      if (isAlive(pid)) this.options.clock.setTimeout(look, 500);
      else this.#onExit("adopted");
    };
    look();
  }

  /** The pid of a live Postgres on this very cluster; a stale pid file is removed, since its pid may be anybody's now. */
  async #findRunning(): Promise<number | null> {
    const file = join(this.#cluster, "postmaster.pid");
    const lines = await readFile(file, "utf8").then(
      (text) => text.split("\n"),
      () => null,
    );
    if (!lines) return null;
    const pid = Number(lines[0]);
    if (Number.isSafeInteger(pid) && pid > 1 && isAlive(pid) && (await this.#isOurs(pid))) return pid;
    await rm(file, { force: true });
    return null;
  }

  async #isOurs(pid: number): Promise<boolean> {
    if (process.platform !== "linux") return existsSync(this.socketPath);
    const words = await readFile(`/proc/${pid}/cmdline`, "utf8").then(
      (text) => text.split("\0"),
      () => [""],
    );
    return words.includes(this.#cluster);
  }

  async #untilReady(): Promise<void> {
    const deadline = this.options.clock.monotonic() + startDeadlineMs;
    const sql = new Bun.SQL({ path: this.socketPath, username, database: "postgres", max: 1, adapter: "postgres" });
    try {
      for (;;) {
        if (existsSync(this.socketPath)) {
          const isReady = await sql`select 1`.then(
            () => true,
            () => false,
          );
          if (isReady) return;
        }
        if (this.options.clock.monotonic() > deadline || (!this.#child && !isAlive(this.pid))) {
          throw new Error(`The database did not start. Its log is ${this.#logFile}.`);
        }
        await this.#pause(5);
      }
    } finally {
      await sql.close({ timeout: 0 }).catch(() => {});
    }
  }

  get #logFile(): string {
    return join(this.options.data, "postgres.log");
  }

  /** A process of its own session, so that Ctrl-C reaches Maru alone, which then stops it last. */
  #spawn(command: string, args: readonly string[], isDetached: boolean): ChildProcess {
    const [program, ...words] = [...this.identity.prefix, command, ...args];
    const output = isDetached ? openSync(this.#logFile, "a", 0o600) : "pipe";
    const { uid, gid } = this.identity;
    return spawn(program as string, words, {
      detached: isDetached,
      stdio: ["ignore", output, output],
      env: { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((done) => this.options.clock.setTimeout(done, ms));
  }
}

function isAlive(pid: number): boolean {
  if (pid <= 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    if (pid > 1) process.kill(pid, name);
  } catch {
    // It ended meanwhile.
  }
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((done, reject) => {
    child.once("exit", (code) => done(code));
    child.once("error", reject);
  });
}

async function readAll(child: ChildProcess): Promise<string> {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8");
    stream?.on("data", (part: string) => {
      text += part;
    });
  }
  await new Promise<void>((done) => child.once("close", () => done()));
  return text;
}
