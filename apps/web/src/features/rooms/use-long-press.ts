import { type PointerEvent, useRef } from "react";

const holdMs = 450;
const slackPx = 10;

/** A finger that rests on something asks what can be done with it. The mouse has other ways. */
export function useLongPress(onHold: () => void) {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
  const end = () => {
    if (press.current) clearTimeout(press.current.timer);
    press.current = null;
  };
  return {
    onPointerDown(event: PointerEvent) {
      end();
      if (event.pointerType !== "touch") return;
      press.current = { timer: setTimeout(onHold, holdMs), x: event.clientX, y: event.clientY };
    },
    onPointerMove(event: PointerEvent) {
      const from = press.current;
      if (from && Math.hypot(event.clientX - from.x, event.clientY - from.y) > slackPx) end();
    },
    onPointerUp: end,
    onPointerCancel: end,
    onPointerLeave: end,
  };
}
