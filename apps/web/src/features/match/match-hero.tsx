import { Button } from "@maru/ui";
import type { ReactNode } from "react";
import { useWords } from "../../shell/i18n/index.ts";
import { HallScene } from "./hall-scene.tsx";

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
    <section className="mx-auto flex w-full max-w-140 flex-col items-center gap-6 px-6 pt-6 pb-8 text-center md:my-auto">
      <HallScene seats="none" className="max-w-105" />
      <div className="flex flex-col items-center gap-2">
        <p className="text-md font-medium text-ink-muted">{t("match.greeting", { nickname })}</p>
        <h1 className="whitespace-pre-line text-2xl font-bold tracking-tight">{t("match.title")}</h1>
        <p className="text-md text-ink-muted">{t("match.text")}</p>
      </div>
      {notice && (
        <p role="status" className="animate-fade rounded-md bg-wood-soft px-4 py-2.5 text-sm font-medium text-wood-ink">
          {notice}
        </p>
      )}
      <div className="flex w-full max-w-80 flex-col gap-2">
        <Button size="lg" isWide isBusy={isBusy} onClick={onMatch}>
          {t("match.start")}
        </Button>
        {children}
        <p className="text-sm text-ink-faint">{t("match.safe")}</p>
      </div>
    </section>
  );
}
