import { ArrowUp } from "lucide-react";
import { useWords } from "../i18n/words.ts";

/** The way to the first unread message where it lies further back than what is shown. */
export function JumpToUnread({ onPress }: { onPress: () => void }) {
  const { t } = useWords();
  return (
    <div className="pointer-events-none absolute inset-x-0 top-3 z-10 flex animate-rise justify-center px-4">
      <button
        type="button"
        onClick={onPress}
        className="pointer-events-auto flex h-11 items-center gap-2 rounded-full bg-raised px-4 text-sm font-semibold text-jade shadow-mid ring-1 ring-inset ring-line"
      >
        <ArrowUp size={17} aria-hidden />
        {t("room.firstUnread")}
      </button>
    </div>
  );
}
