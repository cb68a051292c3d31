import { Copy } from "lucide-react";
import { useWords } from "../../shell/i18n/index.ts";
import { useCopy } from "./use-copy.ts";

/** Copies a message; shows itself to the pointer and to the keyboard. A finger holds the bubble instead. */
export function CopyButton({ text }: { text: string }) {
  const { t } = useWords();
  const copy = useCopy();
  return (
    <button
      type="button"
      aria-label={t("room.copy")}
      title={t("room.copy")}
      onClick={() => copy(text)}
      className="flex size-7 shrink-0 items-center justify-center rounded-full text-ink-faint opacity-0 transition-opacity hover:bg-hover hover:text-ink focus-visible:opacity-100 group-hover/bubble:opacity-100 pointer-coarse:hidden"
    >
      <Copy size={15} aria-hidden />
    </button>
  );
}
