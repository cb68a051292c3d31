import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { VirtualizerHandle } from "virtua";
import { type EndMark, findArrivals, markEnd } from "./arrivals.ts";
import type { RoomLine } from "./line.ts";

/** Nearer than this to the end counts as reading along. */
const nearPx = 64;

export type StickToEnd = {
  /** True while the newest line is in sight; new lines then keep it so. */
  readonly isAtEnd: boolean;
  /** How many lines of others came while the reader was further up. */
  readonly newCount: number;
  readonly goToEnd: () => void;
  /** To be called whenever the list scrolled or changed its size. */
  readonly onScroll: () => void;
  readonly onResize: () => void;
};

/** Keeps the end in sight for those who are at the end, and never moves those who are not. */
export function useStickToEnd(
  list: RefObject<VirtualizerHandle | null>,
  lines: readonly RoomLine[],
  startIndex: number | null,
): StickToEnd {
  const [isAtEnd, setIsAtEnd] = useState(startIndex === null);
  const [newCount, setNewCount] = useState(0);
  const atEnd = useRef(startIndex === null);
  const mark = useRef<EndMark | null>(null);
  const count = useRef(lines.length);
  count.current = lines.length;

  // The list begins with a head and ends with a little room, which thus has the number of lines and one as its index.
  const goToEnd = useCallback(() => {
    atEnd.current = true;
    setIsAtEnd(true);
    setNewCount(0);
    list.current?.scrollToIndex(count.current + 1, { align: "end" });
  }, [list]);

  useLayoutEffect(() => {
    const before = mark.current;
    mark.current = markEnd(lines);
    if (before === null) {
      if (startIndex === null) goToEnd();
      else list.current?.scrollToIndex(startIndex + 1, { align: "center" });
      return;
    }
    const { othersCount, hasOwn, hasAny } = findArrivals(lines, before);
    if (hasOwn || (hasAny && atEnd.current)) goToEnd();
    else if (othersCount > 0) setNewCount((was) => was + othersCount);
  }, [lines, goToEnd, list, startIndex]);

  const onScroll = useCallback(() => {
    const handle = list.current;
    if (!handle) return;
    const isNear = handle.scrollSize - handle.scrollOffset - handle.viewportSize < nearPx;
    atEnd.current = isNear;
    setIsAtEnd(isNear);
    if (isNear) setNewCount(0);
  }, [list]);

  const onResize = useCallback(() => {
    if (atEnd.current) list.current?.scrollToIndex(count.current + 1, { align: "end" });
    // Where everything fits there is no scroll to learn from.
    else onScroll();
  }, [list, onScroll]);

  useEffect(() => {
    // A phone's keyboard changes the height of what is seen without a scroll.
    window.visualViewport?.addEventListener("resize", onResize);
    return () => window.visualViewport?.removeEventListener("resize", onResize);
  }, [onResize]);

  return { isAtEnd, newCount, goToEnd, onScroll, onResize };
}
