import type { RoomSummary } from "@maru/protocol";
import { Button, EmptyState } from "@maru/ui";
import { type ReactNode, useRef } from "react";
import { VList, type VListHandle } from "virtua";
import { useNow } from "../../../shell/now.ts";
import type { Drafts } from "../composer/drafts.ts";
import { useWords } from "../i18n/words.ts";
import { useRoomFocus } from "../use-room-focus.tsx";
import { RoomRow } from "./room-row.tsx";
import { RoomRowSkeletons } from "./room-row-skeleton.tsx";

/** Nearer than this to the end, the next page is asked for. */
const fetchAheadPx = 800;

export type RoomListProps = {
  state: "loading" | "ready" | "failed";
  rooms: readonly RoomSummary[];
  hasMore: boolean;
  onWantMore: () => void;
  onRetry: () => void;
  drafts: Drafts;
  /** Stands where there is nothing. */
  empty: ReactNode;
  /** The list is the archive: what is opened from here leads back here. */
  isArchive?: boolean;
};

/** All conversations, the one that waits for you first. */
export function RoomList({
  state,
  rooms,
  hasMore,
  onWantMore,
  onRetry,
  drafts,
  empty,
  isArchive = false,
}: RoomListProps) {
  const { t } = useWords();
  const now = useNow(30_000);
  const list = useRef<VListHandle>(null);
  const { active, index, ask, roving, actions } = useRoomFocus(rooms);
  if (state === "loading" && rooms.length === 0) {
    return (
      <div role="status" aria-label={t("common.loading")} className="py-1">
        <RoomRowSkeletons count={6} />
      </div>
    );
  }
  if (state === "failed" && rooms.length === 0) {
    return (
      <EmptyState
        title={t("rooms.error.title")}
        action={
          <Button variant="secondary" onClick={onRetry}>
            {t("common.retry")}
          </Button>
        }
      />
    );
  }
  if (rooms.length === 0) return empty;
  // Pinned ones stand apart, where there are any.
  const pinnedCount = isArchive ? 0 : rooms.filter(({ pinned }) => pinned).length;
  const headingBefore = (at: number) => {
    if (pinnedCount > 0 && at === 0) return [<Heading key="pinned" text={t("rooms.section.pinned")} />];
    if (pinnedCount > 0 && at === pinnedCount) return [<Heading key="others" text={t("rooms.section.others")} />];
    return [];
  };
  const drawnAt = (at: number) => at + (pinnedCount === 0 ? 0 : at < pinnedCount ? 1 : 2);
  const onScroll = (offset: number) => {
    const handle = list.current;
    if (hasMore && handle && handle.scrollSize - offset - handle.viewportSize < fetchAheadPx) onWantMore();
  };
  return (
    <>
      <nav aria-label={isArchive ? t("rooms.archive.page") : t("rooms.list")} className="min-h-0 flex-1" {...roving}>
        <VList ref={list} onScroll={onScroll} itemSize={76} keepMounted={[drawnAt(index)]} className="h-full py-1">
          {rooms.flatMap((room, at) => [
            ...headingBefore(at),
            <RoomRow
              key={room.id}
              room={room}
              now={now}
              draft={drafts.read(room.id)}
              isActive={room.id === active}
              onActions={ask}
            />,
          ])}
          {hasMore && <RoomRowSkeletons key="more" count={2} />}
        </VList>
      </nav>
      {actions}
    </>
  );
}

function Heading({ text }: { text: string }) {
  return <h2 className="px-5 pt-3 pb-1 text-xs font-semibold text-ink-muted">{text}</h2>;
}
