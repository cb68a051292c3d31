import { type Clock, limits } from "@maru/protocol";

/** What people do with a device that they use. */
const signs = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;

/**
 * Calls with true while somebody uses this page, and with false after some minutes in which nobody did. A program is
 * always in use.
 */
export function trackActivity(clock: Clock, listen: (isUsed: boolean) => void): void {
  if (typeof document === "undefined") return;
  let isUsed = true;
  let usedAt = clock.monotonic();
  let isWaiting = false;
  const look = () => {
    const idleMs = clock.monotonic() - usedAt;
    if (idleMs < limits.awayAfterMs) {
      clock.setTimeout(look, limits.awayAfterMs - idleMs);
      return;
    }
    isWaiting = false;
    isUsed = false;
    listen(false);
  };
  const use = () => {
    usedAt = clock.monotonic();
    if (!isUsed) {
      isUsed = true;
      listen(true);
    }
    if (isWaiting) return;
    isWaiting = true;
    clock.setTimeout(look, limits.awayAfterMs);
  };
  for (const sign of signs) document.addEventListener(sign, use, { passive: true });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && use());
  use();
}
