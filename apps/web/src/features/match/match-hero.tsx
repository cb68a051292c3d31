import { Button } from "@maru/ui";
import type { ReactNode } from "react";
import { useWords } from "./i18n/words.ts";

export type MatchHeroProps = {
  nickname: string;
  /** Why an earlier wait ended, where that needs saying. */
  notice: string | null;
  isBusy: boolean;
  onMatch: () => void;
  children?: ReactNode;
};

/** The one thing to do on the home page. */
export function MatchHero({ nickname, notice, isBusy, onMatch, children }: MatchHeroProps) {
  const { t } = useWords();
  return (
    <>
      <p className="text-md font-medium text-ink-muted">{t("match.greeting", { nickname })}</p>
      <h1 className="mt-2 whitespace-pre-line text-2xl font-bold tracking-tight">{t("match.title")}</h1>
      <p className="mt-2 text-md text-ink-muted">{t("match.text")}</p>
      {notice && (
        <p
          role="status"
          className="mt-5 animate-fade forced-edge rounded-md bg-wood-soft px-4 py-2.5 text-sm font-medium text-wood-ink"
        >
          {notice}
        </p>
      )}
      {/* The one thing to do here stays in sight on the smallest screen and at the largest text. */}
      <div className="sticky bottom-0 mt-4 flex w-full max-w-80 flex-col gap-2 bg-paper py-2">
        <Button size="lg" isWide isBusy={isBusy} onClick={onMatch}>
          {t("match.start")}
        </Button>
        {children}
        <p className="mt-1 text-sm text-ink-faint">{t("match.safe")}</p>
      </div>
    </>
  );
}
