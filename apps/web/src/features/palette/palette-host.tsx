import { lazy, Suspense, useEffect } from "react";
import type { SignedInParts } from "../../shell/feature.ts";
import { openPalette, usePalette } from "../../shell/palette.ts";
import { useOnce } from "../../shell/use-once.ts";

const Finder = lazy(() => import("./finder.tsx").then((module) => ({ default: module.Finder })));
const KeyList = lazy(() => import("./key-list.tsx").then((module) => ({ default: module.KeyList })));

export const parts: SignedInParts = { overlays: [PaletteHost] };

/** Opens the search over everything on Ctrl+K or ⌘K, and the list of keys on a question mark outside of fields. */
function PaletteHost() {
  const opened = usePalette();
  const hasFound = useOnce(opened === "find");
  const hasListed = useOnce(opened === "keys");
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isOnTop = document.querySelector("[role=dialog], [role=alertdialog], [role=menu]") === null;
      if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
        event.preventDefault();
        openPalette(opened === "find" ? null : "find");
      } else if (event.key === "?" && !event.ctrlKey && !event.metaKey && isOnTop && !isWritten(event.target)) {
        event.preventDefault();
        openPalette("keys");
      }
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [opened]);
  // Whoever signs out and in again begins without it.
  useEffect(() => () => openPalette(null), []);
  const close = (isOpen: boolean) => !isOpen && openPalette(null);
  return (
    <Suspense>
      {hasFound && <Finder isOpen={opened === "find"} onOpenChange={close} />}
      {hasListed && <KeyList isOpen={opened === "keys"} onOpenChange={close} />}
    </Suspense>
  );
}

function isWritten(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.matches("input, textarea, select") || target.isContentEditable);
}
