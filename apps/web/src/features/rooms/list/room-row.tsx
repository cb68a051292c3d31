import type { RoomSummary } from "@maru/protocol";
import { type ActionsPlace, Avatar, Badge, IconButton, rovingItem, Written } from "@maru/ui";
import { Link } from "@tanstack/react-router";
import { BellOff, EllipsisVertical, Pin } from "lucide-react";
import { memo, useRef } from "react";
import { useRoomKinds } from "../../../shell/frame/slots.tsx";
import { formatMoment } from "../../../shell/time.ts";
import { PresenceDot } from "../header/presence-dot.tsx";
import { useWords } from "../i18n/words.ts";
import { countUnread, findPartner, titleOfRoom } from "../room-names.ts";
import { isUnread } from "./filter-rooms.ts";
import { readListSearch } from "./list-search.ts";
import { useRoomPreview } from "./use-room-preview.ts";

export type RoomRowProps = {
  room: RoomSummary;
  now: Date;
  draft: string;
  /** The one that the keyboard is at. */
  isActive: boolean;
  onActions: (roomId: string, place: ActionsPlace) => void;
};

/** One conversation of the list: who, what was said last, when, how much is unread. */
export const RoomRow = memo(function RoomRow(props: RoomRowProps) {
  const { room, now, draft, isActive, onActions } = props;
  const { t, locale } = useWords();
  const link = useRef<HTMLAnchorElement>(null);
  const preview = useRoomPreview(room);
  const title = titleOfRoom(room, locale, t("common.unknown"));
  const partner = findPartner(room);
  const unreadCount = countUnread(room);
  const kind = useRoomKinds().find((each) => each.kind === room.kind);
  const waits = isUnread(room);
  const previewClass = `truncate text-sm ${waits ? "text-ink" : "text-ink-muted"}`;
  return (
    <div className="group/row relative px-2 py-0.5">
      <Link
        ref={link}
        {...rovingItem(room.id, isActive)}
        to="/rooms/$roomId"
        params={{ roomId: room.id }}
        search={readListSearch}
        className="flex h-18 items-center gap-3 rounded-lg px-3 no-underline transition-colors -outline-offset-2 hover:bg-hover pointer-coarse:select-none pointer-coarse:[-webkit-touch-callout:none] aria-[current=page]:bg-jade-soft"
      >
        <PresenceDot memberId={partner?.id}>
          <Avatar seed={partner?.avatarSeed ?? room.id} size={48} isFaded={room.state === "closed"} />
        </PresenceDot>
        <span className="flex min-w-0 flex-1 flex-col gap-0.5">
          <span className="flex items-center gap-1.5">
            <Written className={`truncate text-md ${waits ? "font-bold" : "font-semibold"}`}>{title}</Written>
            {kind?.Mark && (
              <kind.Mark size={14} role="img" aria-label={kind.label()} className="shrink-0 text-ink-faint" />
            )}
            {room.pinned && (
              <Pin size={13} role="img" aria-label={t("rooms.pinned")} className="shrink-0 text-ink-faint" />
            )}
            {room.muted && (
              <BellOff size={13} role="img" aria-label={t("rooms.muted")} className="shrink-0 text-ink-faint" />
            )}
            <time
              dateTime={room.activeAt}
              className="ml-auto shrink-0 pl-2 text-xs text-ink-muted transition-opacity group-hover/row:pointer-fine:opacity-0"
            >
              {formatMoment(new Date(room.activeAt), now, locale)}
            </time>
          </span>
          <span className="flex items-center gap-2">
            {draft && room.canPost ? (
              <span className={previewClass}>
                <span className="font-medium text-wood-ink">{t("rooms.draft")}</span> <Written>{draft}</Written>
              </span>
            ) : (
              <Written className={previewClass}>{preview}</Written>
            )}
            <span className="ml-auto">
              <Badge count={unreadCount} label={t("rooms.unread", { count: unreadCount })} isQuiet={room.muted} />
              {unreadCount === 0 && room.markedUnread && (
                <span
                  role="img"
                  aria-label={t("rooms.markedUnread")}
                  className="forced-mark block size-2.5 rounded-full bg-jade"
                />
              )}
            </span>
          </span>
        </span>
      </Link>
      <span className="absolute top-2 right-4 opacity-0 transition-opacity group-hover/row:opacity-100 pointer-coarse:hidden">
        <IconButton
          size="sm"
          tabIndex={-1}
          aria-haspopup="menu"
          label={t("rooms.more", { name: title })}
          icon={<EllipsisVertical size={18} aria-hidden />}
          onClick={(event) => {
            const { left, bottom } = event.currentTarget.getBoundingClientRect();
            if (link.current) onActions(room.id, { item: link.current, by: { x: left, y: bottom } });
          }}
        />
      </span>
    </div>
  );
});
