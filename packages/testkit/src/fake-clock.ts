import type { Clock, Timer } from "@maru/protocol";

type Entry = { readonly at: number; readonly order: number; readonly callback: () => void };

/** Rounds of the event loop given to promises between two timers. */
const settleRounds = 20;

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  #wall: number;
  #monotonic = 0;
  #order = 0;
  readonly #timers = new Map<Timer, Entry>();

  /** `startAt` is the wall time at the beginning, in epoch ms. */
  constructor(startAt = Date.UTC(2026, 0, 1)) {
    this.#wall = startAt;
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const timer: Timer = { timer: ++this.#order };
    this.#timers.set(timer, { at: this.#monotonic + Math.max(0, delayMs), order: this.#order, callback });
    return timer;
  }

  clearTimeout(timer: Timer): void {
    this.#timers.delete(timer);
  }

  /** Timers that have not run. */
  get pendingCount(): number {
    return this.#timers.size;
  }

  /** Moves time forward, running each timer at its moment and letting promises settle after it. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settle();
    for (let due = this.#next(end); due; due = this.#next(end)) {
      const [timer, entry] = due;
      this.#timers.delete(timer);
      this.#moveTo(Math.max(this.#monotonic, entry.at));
      entry.callback();
      await settle();
    }
    this.#moveTo(end);
  }

  /** Sets the wall clock back or forward without any time passing: what happens to machines. */
  jumpWall(ms: number): void {
    this.#wall += ms;
  }

  #moveTo(monotonic: number): void {
    this.#wall += monotonic - this.#monotonic;
    this.#monotonic = monotonic;
  }

  #next(end: number): [Timer, Entry] | undefined {
    return [...this.#timers]
      .filter(([, entry]) => entry.at <= end)
      .sort(([, a], [, b]) => a.at - b.at || a.order - b.order)[0];
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let i = 0; i < settleRounds; i++) await Promise.resolve();
}
