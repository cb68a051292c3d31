import type { Clock } from "@maru/protocol";
import type { SQL } from "bun";
import { Pool } from "./pool.ts";

/** How long one who asks waits, and how long a connection may stay silent before it is given up, in ms. */
const answerMs = 1_000;
const silenceMs = 5_000;

/**
 * Asks whether the database answers and takes writes, on a connection of its own: a pool that is merely busy is not away.
 * One question is on its way at a time, however many ask; a frozen database must not collect them in the driver.
 */
export class Heartbeat {
  readonly #pool: Pool;
  readonly #clock: Clock;
  #asked: Promise<boolean> | null = null;

  constructor(open: () => SQL, clock: Clock) {
    this.#pool = new Pool(open);
    this.#clock = clock;
  }

  async ping(): Promise<boolean> {
    this.#asked ??= this.#ask().finally(() => {
      this.#asked = null;
    });
    const asked = this.#asked;
    return new Promise<boolean>((resolve) => {
      const timer = this.#clock.setTimeout(() => resolve(false), answerMs);
      void asked.then((answer) => {
        this.#clock.clearTimeout(timer);
        resolve(answer);
      });
    });
  }

  close(): Promise<void> {
    return this.#pool.current.close({ timeout: 0 });
  }

  #ask(): Promise<boolean> {
    const sql = this.#pool.current;
    return new Promise<boolean>((resolve) => {
      const timer = this.#clock.setTimeout(() => {
        this.#pool.renew(sql);
        resolve(false);
      }, silenceMs);
      const answer = (isWell: boolean) => {
        this.#clock.clearTimeout(timer);
        resolve(isWell);
      };
      sql`select current_setting('transaction_read_only') = 'off' as is_writable`.then(
        ([row]) => answer(row?.is_writable === true),
        () => answer(false),
      );
    });
  }
}
