import type { Clock, Timer } from "@maru/protocol";

/** Time that stands still until a test moves it. */
export class HandClock implements Clock {
  #now = 1_000_000;
  #timers = new Map<Timer, { at: number; callback: () => void }>();

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const timer: Timer = { timer: {} };
    this.#timers.set(timer, { at: this.#now + Math.max(0, delayMs), callback });
    return timer;
  }

  clearTimeout(timer: Timer): void {
    this.#timers.delete(timer);
  }

  get timerCount(): number {
    return this.#timers.size;
  }

  /** Moves on, calling what is due in its order, and lets what that starts go on. */
  async advance(ms: number): Promise<void> {
    await settleTasks();
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next[0]);
      this.#now = next[1].at;
      next[1].callback();
      await settleTasks();
    }
    this.#now = end;
    await settleTasks();
  }
}

/** Lets all that is ready to run run. */
export async function settleTasks(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
