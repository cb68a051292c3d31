import { clsx } from "clsx";
import { ArrowDown } from "lucide-react";
import { useWords } from "../i18n/words.ts";

/** The way back to the newest line, with how much of it is new. */
export function JumpToEnd({ isShown, newCount, onPress }: { isShown: boolean; newCount: number; onPress: () => void }) {
  const { t } = useWords();
  const words = newCount > 0 ? t("room.jumpNew", { count: newCount }) : t("room.jump");
  return (
    <div
      className={clsx(
        "pointer-events-none absolute inset-x-0 bottom-3 flex justify-center px-4 transition-[opacity,transform] duration-200 ease-settle",
        !isShown && "translate-y-3 opacity-0",
      )}
    >
      <button
        type="button"
        aria-label={words}
        onClick={onPress}
        tabIndex={isShown ? 0 : -1}
        aria-hidden={!isShown}
        className={clsx(
          "flex h-11 items-center gap-2 rounded-full shadow-mid",
          isShown && "pointer-events-auto",
          newCount > 0
            ? "bg-jade px-4 text-sm font-semibold text-on-jade"
            : "w-11 justify-center bg-raised text-ink-muted ring-1 ring-inset ring-line",
        )}
      >
        <ArrowDown size={18} aria-hidden />
        {newCount > 0 && words}
      </button>
    </div>
  );
}
