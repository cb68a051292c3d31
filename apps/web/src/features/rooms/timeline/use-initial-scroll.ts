import { useEffect, useRef } from "react";

/** How long a list takes at most to measure its lines and to stand where it should begin. */
const settleMs = 250;

/**
 * False until the list stands where it should begin: a page put in front before that would move the place away while it
 * is looked for. Calls once it does.
 */
export function useInitialScroll(onPlaced: () => void) {
  const isPlaced = useRef(false);
  const latest = useRef(onPlaced);
  latest.current = onPlaced;
  useEffect(() => {
    const timer = setTimeout(() => {
      isPlaced.current = true;
      latest.current();
    }, settleMs);
    return () => clearTimeout(timer);
  }, []);
  return isPlaced;
}
