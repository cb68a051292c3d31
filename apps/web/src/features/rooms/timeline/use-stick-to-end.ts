import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { VirtualizerHandle } from "virtua";
import { type EndMark, findArrivals, markEnd } from "./arrivals.ts";
import type { TimelineItem } from "./timeline-item.ts";

/** Nearer than this to the end counts as reading along. */
const nearPx = 64;

/**
 * The line to begin at, null for the end; and where on the screen to put it: in the middle, or so many pixels below the
 * upper edge.
 */
export type Start = { readonly index: number | null; readonly align: "center" | number };

export type StickToEnd = {
  /** True while the newest line is in sight; new lines then keep it so. */
  readonly isAtEnd: boolean;
  /** How many lines of others came while the reader was further up. */
  readonly newCount: number;
  readonly goToEnd: () => void;
  /** To be called whenever the list scrolled or changed its size. */
  readonly onScroll: () => void;
  readonly onResize: () => void;
  /** To be called when the list is measured: from then on it stands where the reader puts it. */
  readonly settle: () => void;
};

/** What a reader does before a scroll of theirs. */
const touches = ["wheel", "touchstart", "touchmove", "keydown", "pointerdown"] as const;

/** A scroll this soon after a touch is the reader's; one this soon after a change of the content is the content's. */
const touchMs = 1_000;
const changeMs = 300;

/** Keeps the end in sight for those who are at the end, and never moves those who are not. */
export function useStickToEnd(
  list: RefObject<VirtualizerHandle | null>,
  scroller: RefObject<HTMLElement | null>,
  lines: readonly TimelineItem[],
  start: Start,
  /** False while what is shown ends before the newest: its end is then only the end of a page. */
  isNewest: boolean,
): StickToEnd {
  const startIndex = start.index;
  const { align } = start;
  const [isAtEnd, setIsAtEnd] = useState(startIndex === null);
  const [newCount, setNewCount] = useState(0);
  const atEnd = useRef(startIndex === null);
  const mark = useRef<EndMark | null>(null);
  const wasNewest = useRef(isNewest);
  const isNewestNow = useRef(isNewest);
  isNewestNow.current = isNewest;

  const touchedAt = useRef(Number.NEGATIVE_INFINITY);
  const changedAt = useRef(Number.NEGATIVE_INFINITY);
  /** The line to stand at until the list is measured or somebody scrolls. */
  const anchor = useRef(startIndex);

  // By hand and not by the list's own way to an index, which goes on for a while and pulls back whoever scrolls meanwhile.
  const place = useCallback(() => {
    const element = scroller.current;
    const handle = list.current;
    if (!element || !handle) return;
    if (atEnd.current) element.scrollTop = element.scrollHeight;
    else if (anchor.current !== null) {
      // The list begins with a head.
      const top = handle.getItemOffset(anchor.current + 1);
      const room = element.clientHeight - handle.getItemSize(anchor.current + 1);
      element.scrollTop = top - (align === "center" ? room / 2 : align);
    }
  }, [scroller, list, align]);

  const goToEnd = useCallback(() => {
    atEnd.current = true;
    setIsAtEnd(true);
    setNewCount(0);
    place();
  }, [place]);

  useLayoutEffect(() => {
    changedAt.current = performance.now();
    const before = mark.current;
    mark.current = markEnd(lines);
    if (before === null) {
      if (startIndex === null) goToEnd();
      else place();
      return;
    }
    // A page put behind the one that was shown is no arrival.
    const isNextPage = !wasNewest.current;
    wasNewest.current = isNewest;
    if (isNextPage) return;
    const { othersCount, hasOwn, hasAny } = findArrivals(lines, before);
    if (hasOwn || (hasAny && atEnd.current)) goToEnd();
    else if (othersCount > 0) setNewCount((was) => was + othersCount);
  }, [lines, goToEnd, place, startIndex, isNewest]);

  const lastOffset = useRef(0);
  const onScroll = useCallback(() => {
    const handle = list.current;
    if (!handle) return;
    const isUpwards = handle.scrollOffset < lastOffset.current - 1;
    lastOffset.current = handle.scrollOffset;
    const isNear = isNewestNow.current && handle.scrollSize - handle.scrollOffset - handle.viewportSize < nearPx;
    // Lines that come, or turn out to have another height than thought, push the end away and the offset back: only a
    // reader who scrolls up leaves it.
    const now = performance.now();
    const isByReader = now - touchedAt.current < touchMs || now - changedAt.current > changeMs;
    if (atEnd.current && isNewestNow.current && !isNear && !(isUpwards && isByReader)) return place();
    atEnd.current = isNear;
    setIsAtEnd(isNear);
    if (isNear) setNewCount(0);
  }, [list, place]);

  const onResize = useCallback(() => {
    place();
    // Where everything fits there is no scroll to learn from.
    if (!atEnd.current) onScroll();
  }, [place, onScroll]);

  useEffect(() => {
    const content = scroller.current?.lastElementChild;
    if (!content) return;
    const observer = new ResizeObserver(() => {
      changedAt.current = performance.now();
      place();
    });
    observer.observe(content);
    return () => observer.disconnect();
  }, [scroller, place]);

  useEffect(() => {
    const element = scroller.current;
    const free = () => {
      anchor.current = null;
      touchedAt.current = performance.now();
    };
    for (const name of touches) element?.addEventListener(name, free, { passive: true });
    return () => {
      for (const name of touches) element?.removeEventListener(name, free);
    };
  }, [scroller]);

  useEffect(() => {
    // A phone's keyboard changes the height of what is seen without a scroll.
    window.visualViewport?.addEventListener("resize", onResize);
    return () => window.visualViewport?.removeEventListener("resize", onResize);
  }, [onResize]);

  const settle = useCallback(() => {
    anchor.current = null;
  }, []);

  return { isAtEnd, newCount, goToEnd, onScroll, onResize, settle };
}
