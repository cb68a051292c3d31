import { type ActionsPlace, Avatar, rovingItem, Written } from "@maru/ui";
import { clsx } from "clsx";
import { memo, useRef } from "react";
import { FailedActions } from "../composer/failed-actions.tsx";
import { useWords } from "../i18n/words.ts";
import { LinkedText } from "../links/linked-text.tsx";
import { BubbleMeta } from "./bubble-meta.tsx";
import { MessageActionsButton } from "./message-actions-button.tsx";
import type { TextItem } from "./timeline-item.ts";

export type BubbleProps = {
  line: TextItem;
  authorName: string;
  avatarSeed: string;
  startsGroup: boolean;
  endsGroup: boolean;
  /** The one that the keyboard is at. */
  isActive: boolean;
  onActions: (key: string, place: ActionsPlace) => void;
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
  isActive,
  onActions,
  onRetry,
  onRemove,
}: BubbleProps) {
  const { t } = useWords();
  const { isMine } = line;
  const article = useRef<HTMLElement>(null);
  const hasMenu = line.text !== null && line.delivery === "sent";
  return (
    <article
      ref={article}
      {...rovingItem(line.key, isActive)}
      aria-label={isMine ? t("room.me") : authorName}
      className={clsx(
        "group/bubble flex gap-2.5 rounded-lg focus-visible:outline-offset-1",
        isMine && "flex-row-reverse",
        startsGroup ? "pt-3" : "pt-1",
      )}
    >
      {!isMine && <span className="w-9 shrink-0">{startsGroup && <Avatar seed={avatarSeed} size={36} />}</span>}
      <div className={clsx("flex min-w-0 flex-1 flex-col gap-1", isMine ? "items-end" : "items-start")}>
        {!isMine && startsGroup && (
          <Written className="block max-w-full text-sm font-medium text-ink-muted">{authorName}</Written>
        )}
        <div className={clsx("flex max-w-full items-end gap-2", isMine && "flex-row-reverse")}>
          <Written
            isTalk
            data-holdable
            className={clsx(
              "block min-w-0 max-w-[min(34rem,70vw)] whitespace-pre-wrap break-words rounded-xl px-3.5 py-2 text-md pointer-coarse:select-none pointer-coarse:[-webkit-touch-callout:none]",
              line.text !== null && isMine
                ? "forced-edge bg-jade-soft text-ink"
                : "text-ink ring-1 ring-inset ring-line",
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
          </Written>
          <BubbleMeta line={line} isTimeShown={endsGroup} />
          {hasMenu && (
            <MessageActionsButton
              onPress={(by) => article.current && onActions(line.key, { item: article.current, by })}
            />
          )}
        </div>
        {line.delivery === "failed" && <FailedActions line={line} onRetry={onRetry} onRemove={onRemove} />}
      </div>
    </article>
  );
});
