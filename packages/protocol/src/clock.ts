/** A pending timer of a {@link Clock}. */
export type Timer = { readonly timer: unknown };

/**
 * Time as the program sees it: injected everywhere, so that tests move it by hand.
 *
 * `now` is wall time in epoch milliseconds and may jump; `monotonic` counts milliseconds from an unspecified
 * start and never jumps. Measure durations with `monotonic` only.
 */
export interface Clock {
  now(): number;
  monotonic(): number;
  setTimeout(callback: () => void, delayMs: number): Timer;
  clearTimeout(timer: Timer): void;
}
