import type { Clock } from "@maru/protocol";

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (callback, delayMs) => ({ timer: setTimeout(callback, delayMs) }),
  clearTimeout: (timer) => clearTimeout(timer.timer as ReturnType<typeof setTimeout>),
};
