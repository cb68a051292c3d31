import { useCallback, useEffect, useRef } from "react";

/**
 * Takes the number of the last line in sight and tells each new one while the page is looked at. A number that was told is
 * not told again: a room that is marked as unread meanwhile stays so until there is something new to see.
 */
export function useSeen(onSeen: (seq: number) => void): (lastSeq: number) => void {
  const seen = useRef(0);
  const told = useRef(0);
  const latest = useRef(onSeen);
  latest.current = onSeen;
  const tell = useCallback(() => {
    if (seen.current <= told.current || document.visibilityState !== "visible" || !document.hasFocus()) return;
    told.current = seen.current;
    latest.current(seen.current);
  }, []);
  useEffect(() => {
    document.addEventListener("visibilitychange", tell);
    window.addEventListener("focus", tell);
    return () => {
      document.removeEventListener("visibilitychange", tell);
      window.removeEventListener("focus", tell);
    };
  }, [tell]);
  return useCallback(
    (lastSeq) => {
      seen.current = Math.max(seen.current, lastSeq);
      tell();
    },
    [tell],
  );
}
