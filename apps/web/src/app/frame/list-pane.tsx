import { type KeyboardEvent, type PointerEvent, type ReactNode, useId, useRef } from "react";
import { readRemPx } from "../../shell/frame/layout.ts";
import { listRem, useListWidth } from "../../shell/frame/list-width.ts";
import { useWords } from "../../shell/i18n/index.ts";

const stepRem = 1;

/** The list of an area beside its page, as wide as its reader likes it. */
export function ListPaneFrame({ label, children }: { label: string; children: ReactNode }) {
  const { t } = useWords();
  const id = useId();
  const [widthRem, choose] = useListWidth();
  const pane = useRef<HTMLElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const to = {
      ArrowLeft: widthRem - stepRem,
      ArrowRight: widthRem + stepRem,
      Home: listRem.least,
      End: listRem.most,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
  };
  const onPointerMove = (event: PointerEvent) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId) || !pane.current) return;
    choose((event.clientX - pane.current.getBoundingClientRect().left) / readRemPx());
  };
  return (
    <>
      <section
        ref={pane}
        id={id}
        aria-label={label}
        style={{ width: `${widthRem}rem` }}
        className="flex shrink-0 flex-col bg-surface"
      >
        {children}
      </section>
      {/* biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved, a separator can */}
      <div
        role="separator"
        tabIndex={0}
        aria-orientation="vertical"
        aria-controls={id}
        aria-label={t("frame.resize")}
        aria-valuemin={Math.round(listRem.least * 10)}
        aria-valuemax={Math.round(listRem.most * 10)}
        aria-valuenow={Math.round(widthRem * 10)}
        onKeyDown={onKeyDown}
        onDoubleClick={() => choose(null)}
        onPointerDown={(event) => {
          event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={onPointerMove}
        className="relative z-10 w-px shrink-0 cursor-col-resize touch-none bg-line outline-none transition-colors after:absolute after:inset-y-0 after:-left-1.5 after:w-3 hover:bg-jade focus-visible:bg-focus focus-visible:ring-2 focus-visible:ring-focus"
      />
    </>
  );
}
