const firstMs = 500;
const longestMs = 8_000;

/**
 * Asks until there is an answer, ever more seldom, and at once when the device is back on its network: a page that could
 * not be filled fills itself. Stops at an error that another try would not change.
 *
 * @returns What ends the asking; nothing is told after that.
 * @example
 * useEffect(() => keepAsking(() => account.getOptions(), { answer: setOptions }), [account]);
 */
export function keepAsking<T>(
  ask: () => Promise<T>,
  { answer, failure }: { answer: (value: T) => void; failure?: (error: unknown) => void },
  isWorthwhile: (error: unknown) => boolean = isTemporary,
): () => void {
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = firstMs;
  const end = () => {
    isOver = true;
    clearTimeout(timer);
    globalThis.removeEventListener("online", soon);
  };
  const run = async () => {
    timer = undefined;
    try {
      const value = await ask();
      if (isOver) return;
      end();
      answer(value);
    } catch (error) {
      if (isOver) return;
      failure?.(error);
      if (!isWorthwhile(error)) return end();
      timer = setTimeout(run, waitMs);
      waitMs = Math.min(longestMs, waitMs * 2);
    }
  };
  function soon() {
    if (timer === undefined) return;
    clearTimeout(timer);
    waitMs = firstMs;
    void run();
  }
  globalThis.addEventListener("online", soon);
  void run();
  return end;
}

/** Whether the client says of an error that it may be gone at the next try. */
export function isTemporary(error: unknown): boolean {
  return typeof error === "object" && error !== null && "temporary" in error && error.temporary === true;
}
