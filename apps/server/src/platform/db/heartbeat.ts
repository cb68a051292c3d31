import type { Clock } from "@maru/protocol";
import type { SQL } from "bun";
import { Pool } from "./pool.ts";

/** How long one who asks waits, and how long a connection may stay silent before it is given up, in ms. */
const answerMs = 1_000;
const silenceMs = 5_000;

/** What it says; null where it says nothing. */
type Answer = "writable" | "read_only" | null;

/**
 * Asks whether the database answers and takes writes, on a connection of its own: a pool that is merely busy is not away.
 * One question is on its way at a time, however many ask; a frozen database must not collect them in the driver.
 */
export class Heartbeat {
  readonly #pool: Pool;
  readonly #clock: Clock;
  #asked: Promise<Answer> | null = null;

  constructor(open: () => SQL, clock: Clock) {
    this.#pool = new Pool(open);
    this.#clock = clock;
  }

  /** Whether it answers and takes writes. */
  async ping(): Promise<boolean> {
    return (await this.#askOnce()) === "writable";
  }

  /** Whether it answers at all. */
  async answers(): Promise<boolean> {
    return (await this.#askOnce()) !== null;
  }

  #askOnce(): Promise<Answer> {
    this.#asked ??= this.#ask().finally(() => {
      this.#asked = null;
    });
    const asked = this.#asked;
    return new Promise<Answer>((resolve) => {
      const timer = this.#clock.setTimeout(() => resolve(null), answerMs);
      void asked.then((answer) => {
        this.#clock.clearTimeout(timer);
        resolve(answer);
      });
    });
  }

  close(): Promise<void> {
    return this.#pool.current.close({ timeout: 0 });
  }

  #ask(): Promise<Answer> {
    const sql = this.#pool.current;
    return new Promise<Answer>((resolve) => {
      const timer = this.#clock.setTimeout(() => {
        this.#pool.renew(sql);
        resolve(null);
      }, silenceMs);
      const answer = (given: Answer) => {
        this.#clock.clearTimeout(timer);
        resolve(given);
      };
      sql`select current_setting('transaction_read_only') = 'off' as is_writable`.then(
        ([row]) => answer(row?.is_writable === true ? "writable" : "read_only"),
        () => answer(null),
      );
    });
  }
}
