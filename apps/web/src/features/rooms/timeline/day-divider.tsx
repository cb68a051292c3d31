import { dayOf, formatDay } from "../../../shell/time.ts";
import { useWords } from "../i18n/words.ts";

/** The day that begins here. */
export function DayDivider({ at, now }: { at: Date; now: Date }) {
  const { locale } = useWords();
  return (
    <div className="flex justify-center py-4">
      <time dateTime={dayOf(at)} className="rounded-full bg-sunken px-3 py-1 text-xs font-medium text-ink-muted">
        {formatDay(at, now, locale)}
      </time>
    </div>
  );
}
