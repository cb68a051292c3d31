import { IconButton, isInputMethodPress } from "@maru/ui";
import { X } from "lucide-react";
import { lazy, Suspense, useEffect, useId, useRef } from "react";
import { createPortal } from "react-dom";
import { useWords } from "../i18n/index.ts";
import { type DetailPaneProps, useDetailPlace } from "./detail-place.tsx";
import { useLayout } from "./layout.ts";

/** Comes with the first detail on a screen that has no space beside the page. */
const DetailSheet = lazy(() => import("./detail-sheet.tsx").then((module) => ({ default: module.DetailSheet })));

/** Something about what is on the page: a pane beside it, or a sheet over it where there is no space. Escape closes it. */
export function DetailPane(props: DetailPaneProps) {
  const { paneCount } = useLayout();
  const place = useDetailPlace();
  if (paneCount === 3) return place && createPortal(<PaneBeside {...props} />, place);
  return (
    <Suspense>
      <DetailSheet {...props} isFromSide={paneCount === 2} />
    </Suspense>
  );
}

function PaneBeside({ title, onClose, isAsked, children }: DetailPaneProps) {
  const { t } = useWords();
  const id = useId();
  const pane = useRef<HTMLElement>(null);
  useEscape(onClose);
  useEffect(() => {
    if (!isAsked) return;
    const before = document.activeElement;
    pane.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [isAsked]);
  return (
    <aside
      ref={pane}
      tabIndex={-1}
      aria-labelledby={id}
      className="flex w-90 shrink-0 animate-fade flex-col border-l border-line bg-surface outline-none"
    >
      <header className="flex h-16 shrink-0 items-center gap-2 border-b border-line pr-3 pl-5">
        <h2 id={id} className="min-w-0 flex-1 truncate text-base font-bold tracking-tight">
          {title}
        </h2>
        <IconButton label={t("frame.close")} icon={<X size={20} aria-hidden />} onClick={onClose} />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
    </aside>
  );
}

/** Calls on Escape, unless something nearer to the person has taken it: a dialog, a menu, a field that is left by it. */
function useEscape(act: () => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || isInputMethodPress(event)) return;
      if (document.querySelector("[role=dialog], [role=alertdialog], [role=menu]") !== null) return;
      latest.current();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}
