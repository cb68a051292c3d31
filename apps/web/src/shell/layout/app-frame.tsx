import { type ReactNode, type RefObject, useEffect, useRef } from "react";
import { useWords } from "../i18n/index.ts";
import { useIsWide } from "../use-media.ts";
import { Rail } from "./rail.tsx";
import { TabBar } from "./tab-bar.tsx";

export type AppFrameProps = {
  unreadCount: number;
  avatarSeed: string;
  nickname: string;
  banner: ReactNode;
  /** The list beside the page on a wide screen. */
  list: ReactNode;
  /** A room fills a phone's screen: the bar below would be in the way of the composer. */
  isImmersive: boolean;
  children: ReactNode;
};

/** Tells the page how much of it the banners take, so that what floats below the header finds its place. */
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

/** The house: rail, list and page side by side on a wide screen; one page over a bar of places on a phone. */
export function AppFrame({ unreadCount, avatarSeed, nickname, banner, list, isImmersive, children }: AppFrameProps) {
  const { t } = useWords();
  const isWide = useIsWide();
  const header = useRef<HTMLElement>(null);
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
        {isWide && <Rail unreadCount={unreadCount} avatarSeed={avatarSeed} nickname={nickname} />}
        {isWide && (
          <section
            aria-label={t("rooms.page")}
            className="flex w-[min(19rem,30vw)] shrink-0 flex-col border-r border-line bg-surface lg:w-[min(22rem,30vw)]"
          >
            {list}
          </section>
        )}
        <main id="page" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
          {children}
        </main>
      </div>
      {!isWide && !isImmersive && <TabBar unreadCount={unreadCount} />}
    </div>
  );
}
