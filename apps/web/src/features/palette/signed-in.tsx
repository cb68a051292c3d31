import { lazy, Suspense, useEffect, useMemo } from "react";
import type { SignedInParts } from "../../shell/feature.ts";
import { createLazyModule } from "../../shell/lazy-module.ts";
import { openPalette, usePalette } from "../../shell/palette.ts";
import { usePaletteSources } from "../../shell/palette-entry.ts";
import { useOnce } from "../../shell/use-once.ts";
import { words } from "./i18n/words.ts";

const Finder = lazy(() => words.alongside(import("./finder.tsx")).then(({ Finder }) => ({ default: Finder })));
const KeyList = lazy(() => words.alongside(import("./key-list.tsx")).then(({ KeyList }) => ({ default: KeyList })));

export const parts: SignedInParts = {
  overlays: [PaletteHost],
  palette: createLazyModule(() =>
    words.alongside(import("./palette-entries.tsx")).then(({ usePaletteEntries }) => usePaletteEntries),
  ),
};

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
      {hasFound && <FinderOfAll isOpen={opened === "find"} onOpenChange={close} />}
      {hasListed && <KeyList isOpen={opened === "keys"} onOpenChange={close} />}
    </Suspense>
  );
}

/** The search, once all that features let people find is here. */
function FinderOfAll(props: { isOpen: boolean; onOpenChange: (isOpen: boolean) => void }) {
  const sources = usePaletteSources();
  const all = useMemo(() => createLazyModule(() => Promise.all(sources.map(({ fetch }) => fetch()))), [sources]);
  const loaded = all.useLoaded();
  return loaded && <Finder {...props} sources={loaded} />;
}

function isWritten(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.matches("input, textarea, select") || target.isContentEditable);
}
