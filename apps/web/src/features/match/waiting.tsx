import { Button } from "@maru/ui";
import { useNow } from "../../shell/now.ts";
import { formatElapsed } from "../../shell/time.ts";
import { usePageTitle } from "../../shell/use-page-title.ts";
import { comfortKey } from "./comfort.ts";
import { useWords } from "./i18n/words.ts";

/** Shows that somebody is being looked for, for how long already, and how to stop. */
export function Waiting({
  requestedAt,
  isBusy,
  onCancel,
}: {
  requestedAt: string;
  isBusy: boolean;
  onCancel: () => void;
}) {
  const { t } = useWords();
  const now = useNow(1_000);
  const elapsedMs = now.getTime() - Date.parse(requestedAt);
  usePageTitle(t("match.waiting.page"));
  const comfort = t(comfortKey(elapsedMs));
  return (
    <>
      <div role="status" className="animate-rise">
        <h1 className="text-2xl font-bold tracking-tight">{t("match.waiting.title")}</h1>
      </div>
      {/* A ticking clock is not read out; whoever wants to know can ask for it. */}
      <p
        role="timer"
        aria-label={t("match.waiting.elapsed")}
        aria-live="off"
        className="mt-2 animate-fade text-3xl font-semibold tabular-nums text-jade"
      >
        {formatElapsed(elapsedMs)}
      </p>
      <p key={comfort} className="mt-2 min-h-12 max-w-80 animate-fade text-md text-ink-muted">
        {comfort}
      </p>
      <div className="sticky bottom-0 mt-5 flex w-full max-w-80 flex-col bg-paper py-2">
        <Button variant="secondary" size="lg" isWide isBusy={isBusy} onClick={onCancel}>
          {t("match.waiting.cancel")}
        </Button>
      </div>
    </>
  );
}
