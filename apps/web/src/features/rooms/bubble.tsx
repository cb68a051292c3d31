import { Avatar, type MenuItem } from "@maru/ui";
import { clsx } from "clsx";
import { memo } from "react";
import { useWords } from "../../shell/i18n/index.ts";
import { BubbleMeta } from "./bubble-meta.tsx";
import { FailedActions } from "./failed-actions.tsx";
import type { TextLine } from "./line.ts";
import { LinkedText } from "./linked-text.tsx";
import { MessageMenu } from "./message-menu.tsx";
import { useLongPress } from "./use-long-press.ts";

export type BubbleProps = {
  line: TextLine;
  authorName: string;
  avatarSeed: string;
  startsGroup: boolean;
  endsGroup: boolean;
  itemsOf: (line: TextLine) => readonly MenuItem[];
  onHold: (line: TextLine) => void;
  onRetry: (clientMessageId: string) => void;
  onRemove: (clientMessageId: string) => void;
};

/** One message: who at the head of a group, when at its foot, how far it came beside it. */
export const Bubble = memo(function Bubble({
  line,
  authorName,
  avatarSeed,
  startsGroup,
  endsGroup,
  itemsOf,
  onHold,
  onRetry,
  onRemove,
}: BubbleProps) {
  const { t } = useWords();
  const { isMine } = line;
  const hasMenu = line.text !== null && line.delivery === "sent";
  const hold = useLongPress(() => hasMenu && onHold(line));
  return (
    <article
      aria-label={isMine ? t("room.me") : authorName}
      className={clsx("group/bubble flex gap-2.5", isMine && "flex-row-reverse", startsGroup ? "pt-3" : "pt-1")}
    >
      {!isMine && <span className="w-9 shrink-0">{startsGroup && <Avatar seed={avatarSeed} size={36} />}</span>}
      <div className={clsx("flex min-w-0 flex-1 flex-col gap-1", isMine ? "items-end" : "items-start")}>
        {!isMine && startsGroup && <span className="text-sm font-medium text-ink-muted">{authorName}</span>}
        <div className={clsx("flex max-w-full items-end gap-2", isMine && "flex-row-reverse")}>
          <div
            {...hold}
            dir="auto"
            className={clsx(
              "min-w-0 max-w-[min(34rem,70vw)] whitespace-pre-wrap break-words rounded-xl px-3.5 py-2 text-md pointer-coarse:select-none",
              line.text !== null && isMine ? "bg-jade-soft text-ink" : "text-ink ring-1 ring-inset ring-line",
              line.text !== null && !isMine && "bg-raised",
              startsGroup && (isMine ? "rounded-tr-[0.375rem]" : "rounded-tl-[0.375rem]"),
              line.delivery === "failed" && "ring-1 ring-inset ring-danger",
            )}
          >
            {line.text === null ? (
              <span className="text-ink-muted">{t("room.deleted")}</span>
            ) : (
              <LinkedText text={line.text} />
            )}
          </div>
          <BubbleMeta line={line} isTimeShown={endsGroup} />
          {hasMenu && <MessageMenu line={line} itemsOf={itemsOf} />}
        </div>
        {line.delivery === "failed" && <FailedActions line={line} onRetry={onRetry} onRemove={onRemove} />}
      </div>
    </article>
  );
});
