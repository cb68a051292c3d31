import { useSyncExternalStore } from "react";
import { readSetting, writeSetting } from "../storage.ts";

/** How the frame is laid out: how many panes stand side by side, and whether the places are a rail or a bar. */
export type Layout = {
  readonly paneCount: 1 | 2 | 3;
  readonly hasRail: boolean;
  /** Whether the list beside the page is put away; null where it cannot be: there is space for it, or none anyhow. */
  readonly listFold: "open" | "folded" | null;
};

/** What a page keeps at least, and what the rail and a detail take at most, in rem. */
export const contentRem = 24;
export const railRem = 4.5;
export const detailRem = 22.5;

/** Widths from which on there is space for more, in rem: whoever has larger letters has fewer panes. */
export const widthsRem = { rail: 48, twoPanes: 56.25, threePanes: 75 } as const;

const layouts = {
  bar: { paneCount: 1, hasRail: false, listFold: null },
  one: { paneCount: 1, hasRail: true, listFold: null },
  folded: { paneCount: 1, hasRail: true, listFold: "folded" },
  two: { paneCount: 2, hasRail: true, listFold: "open" },
  three: { paneCount: 3, hasRail: true, listFold: null },
} as const satisfies Record<string, Layout>;

/**
 * The layout for a width. The same object for the same layout, so that a drag of the window draws nothing anew. With its list put
 * away a tablet is laid out as one pane: the list is a page of its own then, and every page has its way back to it.
 */
export function layoutFor(widthRem: number, isListFolded = false): Layout {
  if (widthRem >= widthsRem.threePanes) return layouts.three;
  if (widthRem >= widthsRem.twoPanes) return isListFolded ? layouts.folded : layouts.two;
  return widthRem >= widthsRem.rail ? layouts.one : layouts.bar;
}

/** Letters of this height make the unit `rem` here. */
export function readRemPx(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}

/** How wide the window is, in the letters of its reader. A media query would measure in the browser's own letters instead. */
function readWidthRem(): number {
  return window.innerWidth / readRemPx();
}

const listeners = new Set<() => void>();
let stopWatching: (() => void) | null = null;

/** Watches the width of the window and the size of its letters. Returns how to stop. */
function watch(notify: () => void): () => void {
  window.addEventListener("resize", notify);
  // As wide as a letter is high: nothing else tells of a change of the letters.
  const probe = document.createElement("div");
  probe.setAttribute("aria-hidden", "true");
  probe.className = "pointer-events-none invisible fixed top-0 left-0 h-0 w-[1rem]";
  document.body.append(probe);
  const observer = new ResizeObserver(notify);
  observer.observe(probe);
  return () => {
    window.removeEventListener("resize", notify);
    observer.disconnect();
    probe.remove();
  };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  stopWatching ??= watch(() => {
    for (const notify of [...listeners]) notify();
  });
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stopWatching?.();
    stopWatching = null;
  };
}

/** Puts the list beside the page away, or back, and remembers it on this device. */
export function foldList(isFolded: boolean): void {
  writeSetting("list-folded", isFolded ? "true" : null);
  for (const listener of [...listeners]) listener();
}

/** The layout of this window. */
export function useLayout(): Layout {
  return useSyncExternalStore(subscribe, () => layoutFor(readWidthRem(), readSetting("list-folded") === "true"));
}
