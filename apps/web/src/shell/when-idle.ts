/** Runs work when the page has nothing better to do; returns how to call it off. */
export function whenIdle(work: () => void): () => void {
  if ("requestIdleCallback" in window) {
    const handle = window.requestIdleCallback(work, { timeout: 3_000 });
    return () => window.cancelIdleCallback(handle);
  }
  // Safari has no such call yet.
  const timer = setTimeout(work, 1_000);
  return () => clearTimeout(timer);
}
