import { RotateCw, Trash2 } from "lucide-react";
import { useWords } from "../i18n/words.ts";
import type { TextItem } from "../timeline/timeline-item.ts";

export type FailedActionsProps = {
  line: TextItem;
  onRetry: (clientMessageId: string) => void;
  onRemove: (clientMessageId: string) => void;
};

/** What can be done with a message that did not go out, and why it did not. The keyboard asks the message itself. */
export function FailedActions({ line, onRetry, onRemove }: FailedActionsProps) {
  const { t } = useWords();
  const { clientMessageId } = line;
  if (clientMessageId === null) return null;
  const button =
    "inline-flex h-8 items-center gap-1.5 rounded-full px-2.5 font-medium touch-target hover:bg-danger-soft";
  return (
    <div role="alert" className="flex flex-wrap items-center justify-end gap-1 text-xs text-danger">
      <span className="px-1">{line.fault ?? t("room.notSent")}</span>
      <button type="button" tabIndex={-1} className={button} onClick={() => onRetry(clientMessageId)}>
        <RotateCw size={14} aria-hidden />
        {t("room.retry")}
      </button>
      <button type="button" tabIndex={-1} className={button} onClick={() => onRemove(clientMessageId)}>
        <Trash2 size={14} aria-hidden />
        {t("room.remove")}
      </button>
    </div>
  );
}
