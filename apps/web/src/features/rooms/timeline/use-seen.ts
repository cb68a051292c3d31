import type { RoomSummary } from "@maru/protocol";
import { useCallback, useEffect, useRef } from "react";

/**
 * Takes the number of the last line in sight and tells each new one while the page is looked at. To open a room that is
 * marked as unread ends the mark. One that is marked meanwhile, here or on another device, keeps its mark until there is
 * something new to see: that a window gets the focus is no reading.
 */
export function useSeen(
  { readSeq, markedUnread }: Pick<RoomSummary, "readSeq" | "markedUnread">,
  onSeen: (seq: number) => void,
): (lastSeq: number) => void {
  const seen = useRef(0);
  const reported = useRef(0);
  const latest = useRef({ onSeen, readSeq });
  latest.current = { onSeen, readSeq };
  /** Marked before it was opened. */
  const endsMark = useRef(markedUnread);
  const wasMarked = useRef(markedUnread);
  const report = useCallback(() => {
    if (seen.current <= reported.current || document.visibilityState !== "visible" || !document.hasFocus()) return;
    reported.current = seen.current;
    const { onSeen: say, readSeq: read } = latest.current;
    say(endsMark.current ? Math.max(seen.current, read) : seen.current);
    endsMark.current = false;
  }, []);
  useEffect(() => {
    // What was read before the mark is nothing new, also where this window never had the focus to tell it.
    if (markedUnread && !wasMarked.current)
      reported.current = Math.max(reported.current, Math.min(seen.current, readSeq));
    if (!markedUnread) endsMark.current = false;
    wasMarked.current = markedUnread;
  }, [markedUnread, readSeq]);
  useEffect(() => {
    document.addEventListener("visibilitychange", report);
    window.addEventListener("focus", report);
    return () => {
      document.removeEventListener("visibilitychange", report);
      window.removeEventListener("focus", report);
    };
  }, [report]);
  return useCallback(
    (lastSeq) => {
      seen.current = Math.max(seen.current, lastSeq);
      report();
    },
    [report],
  );
}
