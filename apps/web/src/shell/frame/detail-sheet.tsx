import { Sheet } from "@maru/ui";
import { useState } from "react";
import type { DetailPaneProps } from "./detail-place.tsx";

/** The sheet that {@link DetailPane} shows where there is no space beside the page. */
export function DetailSheet({ title, onClose, isFromSide, children }: DetailPaneProps & { isFromSide: boolean }) {
  const [isOpen, setIsOpen] = useState(true);
  const onOpenChange = (next: boolean) => {
    setIsOpen(next);
    if (!next) onClose();
  };
  return (
    <Sheet isOpen={isOpen} onOpenChange={onOpenChange} title={title} from={isFromSide ? "side" : "below"}>
      <div className="-mx-2 min-h-0 overflow-y-auto pb-2">{children}</div>
    </Sheet>
  );
}
