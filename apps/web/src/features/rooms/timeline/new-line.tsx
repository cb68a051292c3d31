import { useWords } from "../i18n/words.ts";

/** Where reading stopped last time. */
export function NewLine() {
  const { t } = useWords();
  return (
    <div className="flex items-center gap-3 py-3 text-xs font-semibold text-jade">
      <span className="forced-mark h-px flex-1 bg-jade opacity-30" />
      {t("room.newLine")}
      <span className="forced-mark h-px flex-1 bg-jade opacity-30" />
    </div>
  );
}
