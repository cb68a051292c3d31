import type { RoomSummary } from "@maru/protocol";
import { lazy, Suspense, useEffect, useState } from "react";
import { useOnce } from "../../shell/use-once.ts";

const QuickSwitch = lazy(() => import("./quick-switch.tsx").then((module) => ({ default: module.QuickSwitch })));

/** Opens the quick switch on Ctrl+K or ⌘K. */
export function QuickSwitchKey({ rooms }: { rooms: readonly RoomSummary[] }) {
  const [isOpen, setIsOpen] = useState(false);
  const wasOpen = useOnce(isOpen);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      setIsOpen((was) => !was);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
  if (!wasOpen) return null;
  return (
    <Suspense>
      <QuickSwitch isOpen={isOpen} onOpenChange={setIsOpen} rooms={rooms} />
    </Suspense>
  );
}
