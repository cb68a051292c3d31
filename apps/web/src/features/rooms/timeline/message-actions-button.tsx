import { Ellipsis } from "lucide-react";
import { useWords } from "../i18n/words.ts";

/**
 * What can be done with a message, for the pointer that comes by. The keyboard asks the message itself, a finger holds
 * it.
 */
export function MessageActionsButton({ onPress }: { onPress: (corner: { x: number; y: number }) => void }) {
  const { t } = useWords();
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={t("room.actions")}
      aria-haspopup="menu"
      onClick={(event) => {
        const { left, bottom } = event.currentTarget.getBoundingClientRect();
        onPress({ x: left, y: bottom });
      }}
      className="flex size-7 shrink-0 items-center justify-center rounded-full text-ink-faint opacity-0 transition-opacity hover:bg-hover hover:text-ink group-focus-visible/bubble:opacity-100 group-hover/bubble:opacity-100 pointer-coarse:hidden"
    >
      <Ellipsis size={17} aria-hidden />
    </button>
  );
}
