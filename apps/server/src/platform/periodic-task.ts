import type { Clock, Timer } from "@maru/protocol";

/** Runs work over and over, never twice at a time: every `everyMs`, and at once when it is woken. */
export class PeriodicTask {
  readonly #work: () => Promise<void>;
  readonly #onError: (error: unknown) => void;
  readonly #clock: Clock;
  readonly #everyMs: number;
  #timer: Timer | null = null;
  #running: Promise<void> | null = null;
  #isWanted = false;
  #isStopped = false;

  constructor(clock: Clock, everyMs: number, work: () => Promise<void>, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#work = work;
    this.#onError = onError;
  }

  /** Runs for the first time after `everyMs`. */
  start(): void {
    if (!this.#isStopped && !this.#running) this.#timer ??= this.#clock.setTimeout(() => this.wake(), this.#everyMs);
  }

  /** Runs now, or once more right after the round that runs. */
  wake(): void {
    this.#isWanted = true;
    if (this.#isStopped || this.#running) return;
    if (this.#timer) this.#clock.clearTimeout(this.#timer);
    this.#running = this.#run().finally(() => {
      this.#running = null;
      if (!this.#isStopped) this.#timer = this.#clock.setTimeout(() => this.wake(), this.#everyMs);
    });
  }

  /** Ends after the round that runs. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) this.#clock.clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#isWanted && !this.#isStopped) {
      this.#isWanted = false;
      try {
        await this.#work();
      } catch (error) {
        this.#onError(error);
        return;
      }
    }
  }
}
