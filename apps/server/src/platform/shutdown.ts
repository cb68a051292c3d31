import type { Clock } from "@maru/protocol";
import type { Log } from "./log.ts";

/**
 * The steps of a shut-down, in the reverse of the order in which their parts came up: what was started last stops first.
 * A step that fails or takes too long is said and does not hold up the others.
 */
export class Shutdown {
  readonly #steps: { name: string; run: () => Promise<unknown> | unknown }[] = [];
  #running: Promise<void> | null = null;

  constructor(
    readonly clock: Clock,
    readonly log: Log,
    readonly stepMs = 35_000,
  ) {}

  add(name: string, run: () => Promise<unknown> | unknown): void {
    this.#steps.push({ name, run });
  }

  /** Runs all steps; again is the same run. */
  run(): Promise<void> {
    this.#running ??= this.#runAll();
    return this.#running;
  }

  async #runAll(): Promise<void> {
    // What comes up meanwhile is the last, and therefore the next.
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      const { name, run } = step;
      let timer: ReturnType<Clock["setTimeout"]> | null = null;
      const late = new Promise<never>((_, reject) => {
        timer = this.clock.setTimeout(() => reject(new Error("It took too long.")), this.stepMs);
      });
      try {
        await Promise.race([(async () => run())(), late]);
      } catch (error) {
        this.log.warn("A step of the shut-down failed.", { step: name, error });
      } finally {
        if (timer) this.clock.clearTimeout(timer);
      }
    }
  }
}
