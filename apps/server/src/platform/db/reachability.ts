import type { Clock, Timer } from "@maru/protocol";
import type { Log } from "../log.ts";
import { isConnectionFault } from "./faults.ts";

/** Between two questions whether it answers again, in ms. */
const askEveryMs = 1_000;

/**
 * Knows whether the database can be reached. It counts as away from the first call that finds no connection, or that gets no
 * answer in time while a question on a connection of its own gets none either, until such a question is answered. Said in
 * one line, and in another one when it is over: whoever tries again meanwhile need not say so each time.
 */
export class Reachability {
  readonly #answers: () => Promise<boolean>;
  readonly #clock: Clock;
  readonly #log: Log | undefined;
  #timer: Timer | null = null;
  #isAsking = false;
  #isAway = false;
  #isClosed = false;

  constructor(answers: () => Promise<boolean>, clock: Clock, log?: Log) {
    this.#answers = answers;
    this.#clock = clock;
    this.#log = log;
  }

  get isAway(): boolean {
    return this.#isAway;
  }

  /** Looks at a failed call; most failures are those of a database that is there. */
  note(error: unknown): void {
    if (isConnectionFault(error)) this.#lose();
  }

  /** Called when a call was not answered in time, which may be the call's own fault. */
  suspect(): void {
    if (this.#isAsking || this.#isAway || this.#isClosed) return;
    this.#isAsking = true;
    void this.#answers().then((isThere) => {
      this.#isAsking = false;
      if (!isThere) this.#lose();
    });
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer) this.#clock.clearTimeout(this.#timer);
  }

  #lose(): void {
    if (this.#isAway || this.#isClosed) return;
    this.#isAway = true;
    this.#log?.error("The database is away. What needs it is tried again until it answers.");
    void this.#ask();
  }

  #askLater(): void {
    this.#timer = this.#clock.setTimeout(() => void this.#ask(), askEveryMs);
  }

  async #ask(): Promise<void> {
    const isThere = await this.#answers();
    if (this.#isClosed) return;
    if (!isThere) return this.#askLater();
    this.#isAway = false;
    this.#log?.info("The database answers again.");
  }
}
