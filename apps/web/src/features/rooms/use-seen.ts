import { useEffect, useRef } from "react";
import type { RoomLine } from "./line.ts";

/** Tells up to which number the room was seen: while its end is in sight and the page is looked at. */
export function useSeen(lines: readonly RoomLine[], isAtEnd: boolean, onSeen: (seq: number) => void): void {
  const lastSeq = lines.findLast((line) => line.seq !== null)?.seq ?? 0;
  const latest = useRef(onSeen);
  latest.current = onSeen;
  useEffect(() => {
    if (!isAtEnd || lastSeq === 0) return;
    const tell = () => {
      if (document.visibilityState === "visible" && document.hasFocus()) latest.current(lastSeq);
    };
    tell();
    document.addEventListener("visibilitychange", tell);
    window.addEventListener("focus", tell);
    return () => {
      document.removeEventListener("visibilitychange", tell);
      window.removeEventListener("focus", tell);
    };
  }, [isAtEnd, lastSeq]);
}
