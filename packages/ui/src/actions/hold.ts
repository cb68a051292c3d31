const holdMs = 450;
const slackPx = 10;
/** A click comes this soon after its finger or button was lifted. */
const clickMs = 400;

export type Hold = {
  /** Begins to count for a finger that was put down here. */
  start(event: PointerEvent, onHold: () => void): void;
  stop(): void;
};

/** A finger that rests on something asks what can be done with it; the rest of its press then does nothing more. */
export function createHold(page: Window): Hold {
  let end = new AbortController();
  const stop = () => end.abort();
  return {
    stop,
    start(down, onHold) {
      stop();
      if (down.pointerType !== "touch") return;
      end = new AbortController();
      const { signal } = end;
      const timer = page.setTimeout(() => {
        stop();
        spendPress(page);
        onHold();
      }, holdMs);
      signal.addEventListener("abort", () => page.clearTimeout(timer));
      const options = { capture: true, passive: true, signal };
      page.addEventListener(
        "pointermove",
        (event) => {
          if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > slackPx) stop();
        },
        options,
      );
      for (const name of ["pointerup", "pointercancel", "pointerdown"] as const)
        page.addEventListener(name, stop, options);
      // Android asks for its own menu at a hold, a moment after ours.
      page.addEventListener("contextmenu", (event) => event.preventDefault(), { capture: true, signal });
    },
  };
}

/**
 * Swallows what is still to come of the press that is under way: its lifting and its click, wherever these land. What
 * the press has opened thus takes no choice until a new one begins, by finger, mouse or key.
 */
export function spendPress(page: Window): void {
  const end = new AbortController();
  const { signal } = end;
  const capture = { capture: true, signal };
  const swallow = (event: Event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  for (const name of ["click", "auxclick", "contextmenu", "mouseup", "mousedown"] as const)
    page.addEventListener(name, swallow, capture);
  // Not passive: without this the browser makes a click of it.
  page.addEventListener("touchend", (event) => event.cancelable && event.preventDefault(), {
    ...capture,
    passive: false,
  });
  const stop = () => end.abort();
  page.addEventListener("pointerdown", stop, capture);
  page.addEventListener("keydown", stop, capture);
  for (const name of ["pointerup", "pointercancel"] as const)
    page.addEventListener(name, () => page.setTimeout(stop, clickMs), capture);
}
