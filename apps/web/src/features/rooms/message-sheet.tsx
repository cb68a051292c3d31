import { Sheet, SheetItem } from "@maru/ui";
import { Copy } from "lucide-react";
import { useWords } from "../../shell/i18n/index.ts";
import type { TextLine } from "./line.ts";
import { useCopy } from "./use-copy.ts";

/** What a finger that holds a message can do with it. */
export function MessageSheet({ line, onClose }: { line: TextLine | null; onClose: () => void }) {
  const { t } = useWords();
  const copy = useCopy();
  return (
    <Sheet
      isOpen={line !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t("room.actions")}
      isTitleHidden
    >
      <SheetItem
        icon={<Copy size={20} aria-hidden />}
        onSelect={() => {
          if (line?.text) copy(line.text);
          onClose();
        }}
      >
        {t("room.copy")}
      </SheetItem>
    </Sheet>
  );
}
