import { CircleAlert, Clock } from "lucide-react";
import { formatTime } from "../../../shell/time.ts";
import { useWords } from "../i18n/words.ts";
import type { TextItem } from "./timeline-item.ts";

/** The small column beside a bubble: changed, how far it came, who has yet to read it, when. */
export function BubbleMeta({ line, isTimeShown }: { line: TextItem; isTimeShown: boolean }) {
  const { t, locale } = useWords();
  return (
    <div
      className={`flex shrink-0 flex-col pb-0.5 text-2xs leading-tight text-ink-faint ${line.isMine ? "items-end" : "items-start"}`}
    >
      {line.isEdited && line.text !== null && <span>{t("room.edited")}</span>}
      {line.delivery === "sending" && (
        <Clock size={12} role="img" aria-label={t("room.sending")} className="animate-fade [animation-delay:400ms]" />
      )}
      {line.delivery === "waiting" && <span>{t("room.waitingToSend")}</span>}
      {line.delivery === "failed" && (
        <CircleAlert size={14} role="img" aria-label={t("room.notSent")} className="text-danger" />
      )}
      {line.delivery === "sent" && line.text !== null && (line.unreadReaderCount ?? 0) > 0 && (
        <span
          role="img"
          aria-label={t("room.unreadPeople", { count: line.unreadReaderCount ?? 0 })}
          className="font-semibold text-wood-ink"
        >
          {line.unreadReaderCount}
        </span>
      )}
      {line.delivery === "sent" && isTimeShown && (
        <time dateTime={line.sentAt.toISOString()}>{formatTime(line.sentAt, locale)}</time>
      )}
    </div>
  );
}
