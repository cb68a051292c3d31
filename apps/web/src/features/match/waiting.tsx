import { Button } from "@maru/ui";
import { useWords } from "../../shell/i18n/index.ts";
import { useNow } from "../../shell/now.ts";
import { formatElapsed } from "../../shell/time.ts";
import { usePageTitle } from "../../shell/use-page-title.ts";
import { HallScene } from "./hall-scene.tsx";

/** Shows that somebody is being looked for, for how long already, and a way out. */
export function Waiting({ requestedAt, onCancel }: { requestedAt: string; onCancel: () => void }) {
  const { t } = useWords();
  const now = useNow(1_000);
  const elapsedMs = now.getTime() - Date.parse(requestedAt);
  usePageTitle(t("match.waiting.page"));
  const comfort =
    elapsedMs < 15_000
      ? t("match.waiting.soon")
      : elapsedMs < 90_000
        ? t("match.waiting.later")
        : t("match.waiting.long");
  return (
    <section className="mx-auto flex w-full max-w-120 flex-1 animate-fade flex-col items-center justify-center gap-6 px-6 py-8 text-center">
      <HallScene seats="waiting" className="max-w-100" />
      <div className="flex flex-col items-center gap-2">
        <div role="status">
          <h1 className="text-xl font-bold tracking-tight">{t("match.waiting.title")}</h1>
        </div>
        {/* A ticking clock is not read out; whoever wants to know can ask for it. */}
        <p
          role="timer"
          aria-label={t("match.waiting.elapsed")}
          aria-live="off"
          className="text-3xl font-semibold tabular-nums text-jade"
        >
          {formatElapsed(elapsedMs)}
        </p>
        <p key={comfort} className="min-h-12 max-w-80 animate-fade text-md text-ink-muted">
          {comfort}
        </p>
      </div>
      <Button variant="secondary" size="lg" onClick={onCancel}>
        {t("match.waiting.cancel")}
      </Button>
    </section>
  );
}
