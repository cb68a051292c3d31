import { useMatches } from "@tanstack/react-router";
import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { DetailPlaceProvider } from "../../shell/frame/detail-place.tsx";
import { useLayout } from "../../shell/frame/layout.ts";
import type { NavigationEntry } from "../../shell/frame/navigation.ts";
import { useWords } from "../../shell/i18n/index.ts";
import { ListPaneFrame } from "./list-pane.tsx";
import { Rail } from "./rail.tsx";
import { TabBar } from "./tab-bar.tsx";
import { WaitingSigns } from "./waiting-signs.tsx";

export type AppFrameProps = {
  navigation: readonly NavigationEntry[];
  banner: ReactNode;
  children: ReactNode;
};

/** Hands to the page how much of it the banners take, so that what floats below the header finds its place. */
function useHeaderHeight(header: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const { style } = document.documentElement;
    const element = header.current;
    if (!element) return;
    const observer = new ResizeObserver(() => style.setProperty("--banner-height", `${element.offsetHeight}px`));
    observer.observe(element);
    return () => {
      observer.disconnect();
      style.removeProperty("--banner-height");
    };
  }, [header]);
}

/**
 * The house: rail, the list of the area, the page, and what is opened about it, side by side where there is space. On a phone
 * it is one page over a bar of places.
 */
export function AppFrame({ navigation, banner, children }: AppFrameProps) {
  const { t } = useWords();
  const { paneCount, hasRail, listFold } = useLayout();
  const header = useRef<HTMLElement>(null);
  const [detailPlace, setDetailPlace] = useState<HTMLElement | null>(null);
  const { listPane, isImmersive = false } = useMatches({ select: (matches) => matches.at(-1)?.staticData }) ?? {};
  useHeaderHeight(header);
  return (
    <div className="fixed inset-x-0 top-[var(--seen-top,0px)] flex h-[var(--seen-height,100dvh)] flex-col bg-paper pt-safe">
      <a
        href="#page"
        className="absolute top-2 left-2 z-50 -translate-y-20 rounded-md bg-ink px-4 py-2 text-sm font-semibold text-paper focus:translate-y-0"
      >
        {t("app.skip")}
      </a>
      <header ref={header} className="shrink-0">
        {banner}
      </header>
      <div className="flex min-h-0 flex-1">
        {hasRail && <Rail navigation={navigation} listFold={listPane ? listFold : null} />}
        {paneCount > 1 && listPane && (
          <ListPaneFrame label={listPane.label()}>
            <listPane.List />
          </ListPaneFrame>
        )}
        <DetailPlaceProvider place={detailPlace}>
          <main id="page" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
            {children}
          </main>
        </DetailPlaceProvider>
        <div ref={setDetailPlace} className="contents" />
      </div>
      <WaitingSigns navigation={navigation} />
      {!hasRail && !isImmersive && <TabBar navigation={navigation} />}
    </div>
  );
}
