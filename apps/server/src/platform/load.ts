import type { Clock, Timer } from "@maru/protocol";

/** How often the event loop is looked at, how late a look may come, and how long a late one counts, in ms. */
const lookEveryMs = 50;
const lateMs = 100;
const memoryMs = 1_000;

/** Whether this process keeps up with what it is asked to do. */
export type Load = {
  /** True while timers came late within the last second: the event loop had too much to do. */
  readonly isLate: boolean;
  stop(): void;
};

/** Measures how late timers come. */
export function watchLoad(clock: Clock): Load {
  let lateAt = Number.NEGATIVE_INFINITY;
  let dueAt = clock.monotonic() + lookEveryMs;
  let timer: Timer = clock.setTimeout(look, lookEveryMs);
  function look(): void {
    const now = clock.monotonic();
    if (now - dueAt > lateMs) lateAt = now;
    dueAt = now + lookEveryMs;
    timer = clock.setTimeout(look, lookEveryMs);
  }
  return {
    get isLate() {
      return clock.monotonic() - lateAt < memoryMs;
    },
    stop: () => clock.clearTimeout(timer),
  };
}
