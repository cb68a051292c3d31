import { useRef } from "react";

/** True from the first render in which it was true: what came late stays, so that it can go away with grace. */
export function useOnce(isNow: boolean): boolean {
  const wasEver = useRef(false);
  if (isNow) wasEver.current = true;
  return wasEver.current;
}
