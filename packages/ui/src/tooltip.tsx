import { cloneElement, type ReactElement, type ReactNode, useEffect, useState } from "react";
import { createPortal } from "react-dom";

type Side = "top" | "right" | "bottom" | "left";
type Tip = { readonly text: string; readonly side: Side; readonly x: number; readonly y: number };

const delayMs = 400;
const gapPx = 8;
/** A tooltip seen this short a time ago: the next one opens at once. */
const warmMs = 300;

/**
 * Shows the tooltips of everything below: one listener and one bubble for the whole page, so that an icon with a
 * tooltip costs no more than one without. Stands once, at the top.
 */
export function TooltipProvider({ children }: { children: ReactNode }) {
  const [tip, setTip] = useState<Tip | null>(null);
  useEffect(() => followPointer(setTip), []);
  return (
    <>
      {children}
      {tip && createPortal(<Bubble tip={tip} />, document.body)}
    </>
  );
}

/** Describes in words what an icon is for. Comfort only: the icon's own label is what assistive technology reads. */
export function Tooltip({
  text,
  side = "top",
  children,
}: {
  text: string;
  side?: Side;
  children: ReactElement<Record<string, unknown>>;
}) {
  return cloneElement(children, { "data-tooltip": text, "data-tooltip-side": side });
}

const shifts: Record<Side, string> = {
  top: "-translate-x-1/2 -translate-y-full",
  right: "-translate-y-1/2",
  bottom: "-translate-x-1/2",
  left: "-translate-x-full -translate-y-1/2",
};

function Bubble({ tip }: { tip: Tip }) {
  return (
    <div
      aria-hidden
      style={{ left: tip.x, top: tip.y }}
      className={`pointer-events-none fixed z-50 animate-fade whitespace-nowrap rounded-sm bg-ink px-2.5 py-1.5 text-xs font-medium text-paper shadow-mid ${shifts[tip.side]}`}
    >
      {tip.text}
    </div>
  );
}

function placeBy(element: HTMLElement): Tip {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const side = (element.dataset.tooltipSide ?? "top") as Side;
  const x = side === "left" ? left - gapPx : side === "right" ? right + gapPx : (left + right) / 2;
  const y = side === "top" ? top - gapPx : side === "bottom" ? bottom + gapPx : (top + bottom) / 2;
  return { text: element.dataset.tooltip ?? "", side, x, y };
}

/** Returns what to show while a mouse rests on something that has a tooltip, or the keyboard has come to it. */
function followPointer(show: (tip: Tip | null) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let current: HTMLElement | null = null;
  let isShown = false;
  let hiddenAt = Number.NEGATIVE_INFINITY;
  const hide = () => {
    clearTimeout(timer);
    current = null;
    if (isShown) hiddenAt = performance.now();
    isShown = false;
    show(null);
  };
  const rest = (target: EventTarget | null, waitMs: number) => {
    const element = target instanceof Element ? target.closest<HTMLElement>("[data-tooltip]") : null;
    if (element === current) return;
    hide();
    if (!element) return;
    current = element;
    timer = setTimeout(() => {
      // Removed while it was waited for.
      if (!element.isConnected) return;
      isShown = true;
      show(placeBy(element));
    }, waitMs);
  };
  const end = new AbortController();
  const options = { signal: end.signal, passive: true };
  document.addEventListener(
    "pointerover",
    (event) => {
      if (event.pointerType === "mouse") rest(event.target, performance.now() - hiddenAt < warmMs ? 0 : delayMs);
    },
    options,
  );
  document.addEventListener(
    "focusin",
    (event) => {
      if (event.target instanceof Element && event.target.matches(":focus-visible")) rest(event.target, delayMs);
    },
    options,
  );
  document.addEventListener("focusout", hide, options);
  document.addEventListener("pointerdown", hide, options);
  document.documentElement.addEventListener("pointerleave", hide, options);
  document.addEventListener("scroll", hide, { ...options, capture: true });
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide(), options);
  return () => {
    hide();
    end.abort();
  };
}
