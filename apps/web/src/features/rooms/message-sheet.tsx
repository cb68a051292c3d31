import { type MenuItem, Sheet, SheetItem } from "@maru/ui";
import { useState } from "react";
import { useWords } from "../../shell/i18n/index.ts";
import type { TextLine } from "./line.ts";

export type MessageSheetProps = {
  line: TextLine | null;
  itemsOf: (line: TextLine) => readonly MenuItem[];
  onClose: () => void;
};

/** What a finger that holds a message can do with it. */
export function MessageSheet({ line, itemsOf, onClose }: MessageSheetProps) {
  const { t } = useWords();
  // The choices stay while the sheet goes away.
  const [shown, setShown] = useState(line);
  if (line && line !== shown) setShown(line);
  return (
    <Sheet
      isOpen={line !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t("room.actions")}
      isTitleHidden
    >
      {(shown ? itemsOf(shown) : []).map(
        (item) =>
          item !== "separator" && (
            <SheetItem
              key={item.key}
              icon={item.icon}
              isDangerous={item.isDangerous ?? false}
              onSelect={() => {
                onClose();
                item.onSelect();
              }}
            >
              {item.label}
            </SheetItem>
          ),
      )}
    </Sheet>
  );
}
