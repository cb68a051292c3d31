import { Menu, type MenuItem } from "@maru/ui";
import { Ellipsis } from "lucide-react";
import { useWords } from "../../shell/i18n/index.ts";
import type { TextLine } from "./line.ts";

/** What can be done with a message; shows itself to the pointer and to the keyboard. A finger holds the bubble instead. */
export function MessageMenu({ line, itemsOf }: { line: TextLine; itemsOf: (line: TextLine) => readonly MenuItem[] }) {
  const { t } = useWords();
  return (
    <Menu
      align={line.isMine ? "end" : "start"}
      trigger={
        <button
          type="button"
          aria-label={t("room.actions")}
          className="flex size-7 shrink-0 items-center justify-center rounded-full text-ink-faint opacity-0 transition-opacity hover:bg-hover hover:text-ink focus-visible:opacity-100 group-hover/bubble:opacity-100 data-[popup-open]:bg-hover data-[popup-open]:text-ink data-[popup-open]:opacity-100 pointer-coarse:hidden"
        >
          <Ellipsis size={17} aria-hidden />
        </button>
      }
      items={() => itemsOf(line)}
    />
  );
}
