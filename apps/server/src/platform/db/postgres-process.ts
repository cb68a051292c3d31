import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Timer } from "@maru/protocol";
import type { Log } from "../log.ts";
import { StartError } from "../start-error.ts";
import type { PostgresBinaries } from "./postgres-binaries.ts";
import { username } from "./postgres-cluster.ts";
import { environmentOf, type PostgresLauncher } from "./postgres-launchers.ts";
import type { PostgresLog } from "./postgres-log.ts";
import { postgresFlags } from "./postgres-settings.ts";
import { disownPostmasterFile, findPostmaster } from "./postmaster-file.ts";
import { isAlive, signal } from "./process-signals.ts";
import { findStorageFaultIn } from "./storage-faults.ts";

export type PostgresPlace = {
  readonly cluster: string;
  readonly runtimeFolder: string;
  readonly launcher: PostgresLauncher;
  readonly binaries: PostgresBinaries;
  readonly output: PostgresLog;
  /** Settings of Postgres that differ from ours. */
  readonly settings: Readonly<Record<string, string>>;
};

const port = 5432;
/** The longest a start may take before it is said to have failed, in ms; recovery after a crash is within it. */
const startMs = 60_000;
/** How long an orderly end may take, in ms; after it what runs is cut off, and the next start recovers. */
const orderlyEndMs = 25_000;
const hardEndMs = 5_000;
/** Between attempts to start again, in ms: the first and the longest. */
const firstPauseMs = 200;
const longestPauseMs = 5_000;
const lookAtLogMs = 60_000;

/** The Postgres of a cluster as our child: started, brought back when it ends by itself, stopped. */
export class PostgresProcess {
  readonly socketPath: string;
  #child: ChildProcess | null = null;
  #isStopping = false;
  #reviving: Promise<void> | null = null;
  #logTimer: Timer | null = null;

  constructor(
    readonly place: PostgresPlace,
    readonly clock: Clock,
    readonly log: Log,
    readonly onStorageFault: (reason: string) => void = () => {},
  ) {
    this.socketPath = join(place.runtimeFolder, `.s.PGSQL.${port}`);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const endsAt = this.clock.monotonic() + startMs;
    for (;;) {
      await this.#launch();
      const isReady = await this.#untilReady(endsAt);
      if (isReady) break;
      // Nothing else passes by itself.
      if (!this.#isHeldByChildren() || this.clock.monotonic() > endsAt) {
        await this.stop();
        throw new StartError(
          `The database did not start. The end of its log (${this.place.output.path}):\n${this.place.output.tail()}`,
        );
      }
      await this.#pause(firstPauseMs);
    }
    this.#watch();
    this.#watchLog();
  }

  /** Fast shutdown: sessions end, a checkpoint is written. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#logTimer) this.clock.clearTimeout(this.#logTimer);
    // Who is bringing it back looks at what we just said before each step, and goes.
    await this.#end(this.#child);
    await this.#reviving;
    await this.#end(this.#child);
  }

  /** A process of its own session, so that Ctrl-C reaches Maru alone, which then stops it last. */
  async #launch(): Promise<void> {
    const { cluster, runtimeFolder, launcher, binaries, output } = this.place;
    await disownPostmasterFile(cluster);
    if (this.#isStopping) return;
    const [program = "", ...words] = [
      ...[...launcher.prefix, binaries.postgres, "-D", cluster, "-k", runtimeFolder, "-p", String(port)],
      ...postgresFlags(this.place.settings),
    ];
    const file = output.open();
    const child = spawn(program, words, {
      detached: true,
      stdio: ["ignore", file, file],
      env: environmentOf(binaries),
    });
    closeSync(file);
    child.once("error", (error) => this.log.error("Postgres cannot be run.", { error }));
    child.unref();
    this.#child = child;
  }

  /** Brings it back whenever it ends by itself. */
  #watch(): void {
    this.#child?.once("exit", (code, by) => {
      if (this.#isStopping) return;
      this.log.error("Postgres ended by itself and is started again.", { code, signal: by });
      this.#lookForStorageFault();
      this.#reviving = this.#restart().catch((error) => this.log.error("Postgres is not brought back.", { error }));
    });
    // It may have ended between its first answer and now.
    if (this.#child && hasEnded(this.#child)) this.#child.emit("exit", this.#child.exitCode, this.#child.signalCode);
  }

  async #restart(): Promise<void> {
    for (let pauseMs = firstPauseMs; ; ) {
      await this.#pause(pauseMs);
      if (this.#isStopping) return;
      await this.#launch();
      if (await this.#untilReady(this.clock.monotonic() + startMs)) break;
      if (this.#isStopping) return;
      await this.#end(this.#child);
      if (this.#isHeldByChildren()) continue;
      this.#lookForStorageFault();
      // Said once; it may go on for as long as the disk is full.
      if (pauseMs === firstPauseMs) {
        this.log.error("Postgres did not start; it is tried again.", { log: this.place.output.path });
      }
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
    this.log.info("Postgres is back.");
    this.#watch();
  }

  /** Whether the last start failed because the children of a killed postmaster still work, as they do for a moment. */
  #isHeldByChildren(): boolean {
    return /shared memory block .* is still in use/.test(this.place.output.tail());
  }

  /** True when it answers; false when it has ended, is to end, or time is up. */
  async #untilReady(endsAt: number): Promise<boolean> {
    const sql = new Bun.SQL({ path: this.socketPath, username, database: "postgres", max: 1, adapter: "postgres" });
    try {
      for (;;) {
        if (this.#isStopping || !this.#child || hasEnded(this.#child)) return false;
        const isUp = existsSync(this.socketPath) && (await answers(sql));
        if (isUp) return !hasEnded(this.#child);
        if (this.clock.monotonic() > endsAt) return false;
        await this.#pause(5);
      }
    } finally {
      await sql.close({ timeout: 0 }).catch(() => {});
    }
  }

  /** Ends one that a killed Maru left behind; nothing that it committed is lost. */
  async endOrphan(): Promise<void> {
    const orphan = await findPostmaster(this.place.cluster);
    if (!orphan) return;
    this.log.info("Ending the Postgres that was left behind.", { pid: orphan.pid });
    await this.#endPid(orphan.pid, () => !isAlive(orphan.pid));
  }

  async #end(child: ChildProcess | null): Promise<void> {
    if (child?.pid && !hasEnded(child)) await this.#endPid(child.pid, () => hasEnded(child));
  }

  /** In order, then at once, then by force: a frozen one hears nothing else. */
  async #endPid(pid: number, isOver: () => boolean): Promise<void> {
    const startedAt = this.clock.monotonic();
    const steps: [NodeJS.Signals, number][] = [
      ["SIGINT", orderlyEndMs],
      ["SIGQUIT", hardEndMs],
      ["SIGKILL", hardEndMs],
    ];
    let endsAt = startedAt;
    for (const [name, ms] of steps) {
      if (isOver()) return;
      signal(pid, name);
      endsAt += ms;
      while (!isOver() && this.clock.monotonic() < endsAt) await this.#pause(5);
    }
    if (!isOver()) throw new StartError(`The Postgres process ${pid} does not end. End it, and start again.`);
  }

  #lookForStorageFault(): void {
    const reason = findStorageFaultIn(this.place.output.tail(20));
    if (reason) this.onStorageFault(reason);
  }

  #watchLog(): void {
    this.#logTimer = this.clock.setTimeout(() => {
      this.place.output.trim();
      if (!this.#isStopping) this.#watchLog();
    }, lookAtLogMs);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((done) => this.clock.setTimeout(done, ms));
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

function answers(sql: Bun.SQL): Promise<boolean> {
  return sql`select 1`.then(
    () => true,
    () => false,
  );
}
