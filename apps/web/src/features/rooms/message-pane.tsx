import { type ReadyRoom, useClient, useConnection } from "@maru/react";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { AskDialog } from "../../shell/ask-dialog.tsx";
import type { Question } from "../../shell/question.ts";
import { useOnce } from "../../shell/use-once.ts";
import type { Editing } from "./composer/editing.ts";
import { useWords } from "./i18n/words.ts";
import { nameOfMember } from "./room-names.ts";
import { TalkSkeleton } from "./room-skeleton.tsx";
import { buildTimelineItems } from "./timeline/build-timeline-items.ts";
import { HistoryHead } from "./timeline/history-head.tsx";
import { keptPlaces } from "./timeline/kept-places.ts";
import type { AskedMessage } from "./timeline/message-actions.tsx";
import { MessageList } from "./timeline/message-list.tsx";
import type { RoomPlace } from "./timeline/room-place.ts";
import type { RoomJump } from "./timeline/use-jump.ts";
import { useOpeningPlace } from "./timeline/use-opening-place.ts";

/** Come with the first message that is asked for them. */
const MessageActions = lazy(() =>
  import("./timeline/message-actions.tsx").then((module) => ({ default: module.MessageActions })),
);

export type MessagePaneProps = {
  room: ReadyRoom;
  title: string;
  /** Read cursor when the room was opened, where something was unread. */
  newAfterSeq: number | null;
  onEdit: (message: Editing) => void;
  jumped: RoomJump | null;
  jump: (place: RoomPlace) => Promise<void>;
  /** Leads back to where one writes. */
  onLeave: () => void;
};

/** What was said in a room, and what of one's own is on its way there. */
export function MessagePane({ room, title, newAfterSeq, onEdit, jumped, jump, onLeave }: MessagePaneProps) {
  const { summary, messages, unsent, hasOlder, hasNewer, unreadReaderCounts } = room;
  const { t, locale } = useWords();
  const { rooms } = useClient();
  const isOnline = useConnection().state === "online";
  const [asked, setAsked] = useState<AskedMessage | null>(null);
  const hasAsked = useOnce(asked !== null);
  const [question, setQuestion] = useState<Question | null>(null);
  const { id: roomId, selfId, members, canPost } = summary;
  const { opening, isOpening } = useOpeningPlace({ roomId, newAfterSeq, messages, hasOlder, isOnline, jump });
  const lines = useMemo(
    // What waits to be sent stands behind the newest, wherever one is reading.
    () =>
      buildTimelineItems({ messages, unsent: hasNewer ? [] : unsent, unreadReaderCounts, selfId, isOnline, locale }),
    [messages, unsent, hasNewer, unreadReaderCounts, selfId, isOnline, locale],
  );
  const findSpeaker = useCallback(
    (memberId: string | undefined) => {
      const member = members.find((each) => each.id === memberId);
      return {
        name: nameOfMember(member, locale, t("common.unknown")),
        avatarSeed: member?.avatarSeed ?? memberId ?? "",
      };
    },
    [members, locale, t],
  );
  const retry = useCallback((key: string) => rooms.retry(roomId, key), [rooms, roomId]);
  const discard = useCallback((key: string) => rooms.discard(roomId, key), [rooms, roomId]);
  if (isOpening) return <TalkSkeleton />;
  return (
    <>
      <MessageList
        key={jumped?.count ?? 0}
        place={jumped?.place ?? opening}
        lines={lines}
        hasOlder={hasOlder}
        onWantOlder={() => void rooms.loadOlder(roomId)}
        hasNewer={hasNewer}
        onWantNewer={() => void rooms.loadNewer(roomId)}
        onWantNewest={() => void jump({ kind: "newest" })}
        onWantUnread={(seq) => void jump({ kind: "message", seq })}
        newAfterSeq={newAfterSeq}
        findSpeaker={findSpeaker}
        selfId={selfId}
        reading={summary}
        onSeen={(seq) => rooms.markRead(roomId, seq)}
        onPlace={(place) => keptPlaces.keep(roomId, place)}
        onActions={(line, place) => setAsked({ line, place })}
        onLeave={onLeave}
        onRetry={retry}
        onRemove={discard}
        head={<HistoryHead room={summary} title={title} hasOlder={hasOlder} isEmpty={lines.length === 0} />}
      />
      {hasAsked && (
        <Suspense>
          <MessageActions
            asked={asked}
            onClose={() => setAsked(null)}
            roomId={roomId}
            canPost={canPost}
            ask={setQuestion}
            edit={onEdit}
          />
        </Suspense>
      )}
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </>
  );
}
