import type { Clock, Timer } from "@maru/protocol";
import type { SQL } from "bun";
import type { Log } from "../log.ts";
import { Pool } from "./pool.ts";
import { findStorageFault } from "./storage-faults.ts";
import { probeWrite } from "./store-write-probe.ts";

/** Between two probes, and how long one may take before its connection is given up, in ms. */
const probeEveryMs = 1_000;
const probeMs = 5_000;

/**
 * Knows whether the database can store what it is given. It counts as unable from the first write that failed for want of
 * room, or because everything is read-only, until a probe has been written: whoever asks meanwhile is refused at once
 * instead of trying in vain. Said in one line, and in another one when it is over.
 */
export class WriteHealth {
  readonly #open: () => SQL;
  readonly #clock: Clock;
  readonly #log: Log | undefined;
  #pool: Pool | null = null;
  #timer: Timer | null = null;
  #isWritable = true;
  #isClosed = false;

  constructor(open: () => SQL, clock: Clock, log?: Log) {
    this.#open = open;
    this.#clock = clock;
    this.#log = log;
  }

  get isWritable(): boolean {
    return this.#isWritable;
  }

  /** Looks at a failed call; most failures say nothing about the disk. */
  note(error: unknown): void {
    const reason = findStorageFault(error);
    if (reason !== null) this.suspend(reason);
  }

  /** Takes the database for unable to store, until a probe says otherwise. */
  suspend(reason: string): void {
    if (!this.#isWritable || this.#isClosed) return;
    this.#isWritable = false;
    this.#log?.error("The database cannot store anything. Writes are refused until it can again.", { reason });
    this.#pool ??= new Pool(this.#open);
    this.#probeLater();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) this.#clock.clearTimeout(this.#timer);
    await this.#pool?.current.close({ timeout: 0 });
  }

  #probeLater(): void {
    this.#timer = this.#clock.setTimeout(() => void this.#probe(), probeEveryMs);
  }

  async #probe(): Promise<void> {
    const isWritten = await this.#write();
    if (this.#isClosed) return;
    if (!isWritten) return this.#probeLater();
    this.#isWritable = true;
    this.#log?.info("The database can store again.");
  }

  #write(): Promise<boolean> {
    const pool = this.#pool as Pool;
    const sql = pool.current;
    return new Promise<boolean>((resolve) => {
      const late = this.#clock.setTimeout(() => {
        pool.renew(sql);
        resolve(false);
      }, probeMs);
      const end = (isWritten: boolean) => {
        this.#clock.clearTimeout(late);
        resolve(isWritten);
      };
      probeWrite(sql).then(
        () => end(true),
        () => end(false),
      );
    });
  }
}
