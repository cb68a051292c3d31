import { type ReadyRoom, useClient, useConnection, useRoomList } from "@maru/react";
import { Button, IconButton } from "@maru/ui";
import { SkipForward } from "lucide-react";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { AskDialog } from "../../shell/ask-dialog.tsx";
import { useWords } from "../../shell/i18n/index.ts";
import { useIsWide } from "../../shell/use-media.ts";
import { useOnce } from "../../shell/use-once.ts";
import { usePageTitle } from "../../shell/use-page-title.ts";
import { drafts } from "./app-drafts.ts";
import { ClosedBar } from "./closed-bar.tsx";
import { Composer } from "./composer.tsx";
import { HistoryHead } from "./history-head.tsx";
import type { TextLine } from "./line.ts";
import { linesOfRoom } from "./lines-of-room.ts";
import { MessageList } from "./message-list.tsx";
import { RoomHeader } from "./room-header.tsx";
import { countUnread, findPartner, nameOfMember, titleOfRoom } from "./room-names.ts";
import { useRoomItems } from "./use-room-items.tsx";

/** Comes with the first message that is held. */
const MessageSheet = lazy(() => import("./message-sheet.tsx").then((module) => ({ default: module.MessageSheet })));

/** A conversation that is loaded: who, what was said, and where one writes. */
export function RoomView({ room }: { room: ReadyRoom }) {
  const { t, locale } = useWords();
  const client = useClient();
  const isOnline = useConnection().state === "online";
  const { unreadCount } = useRoomList();
  const isWide = useIsWide();
  const [held, setHeld] = useState<TextLine | null>(null);
  const hasHeld = useOnce(held !== null);
  const { summary, messages, unsent, hasOlder } = room;
  const [newAfterSeq] = useState(() => (countUnread(summary) > 0 ? summary.readSeq : null));
  const { items, question, closeQuestion, askNext, matchAgain } = useRoomItems(summary);
  const partner = findPartner(summary);
  const title = titleOfRoom(summary, locale, t("rooms.unknown"));
  usePageTitle(title, unreadCount);

  const lines = useMemo(
    () => linesOfRoom({ messages, unsent, selfId: summary.selfId, isOnline, locale }),
    [messages, unsent, summary.selfId, isOnline, locale],
  );
  const findSpeaker = useCallback(
    (memberId: string | undefined) => {
      const member = summary.members.find((each) => each.id === memberId);
      return {
        name: nameOfMember(member, locale, t("rooms.unknown")),
        avatarSeed: member?.avatarSeed ?? memberId ?? "",
      };
    },
    [summary.members, locale, t],
  );
  const roomId = summary.id;
  const retry = useCallback((key: string) => client.rooms.retry(roomId, key), [client, roomId]);
  const discard = useCallback((key: string) => client.rooms.discard(roomId, key), [client, roomId]);
  const endReason = () => {
    if (summary.membership === "left") return t("room.ended.self");
    if (partner?.state === "left") return t("room.ended.partnerLeft", { name: title });
    return summary.state === "closed" ? t("room.system.closed") : t("room.ended.denied");
  };

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <RoomHeader
        title={title}
        avatarSeed={partner?.avatarSeed ?? summary.id}
        isEnded={!summary.canPost}
        hasBack={!isWide}
        items={items}
        action={askNext && <NextButton isWide={isWide} onPress={askNext} />}
      />
      <MessageList
        lines={lines}
        hasOlder={hasOlder}
        onWantOlder={() => void client.rooms.loadOlder(summary.id)}
        newAfterSeq={newAfterSeq}
        findSpeaker={findSpeaker}
        selfId={summary.selfId}
        onSeen={(seq) => client.rooms.markRead(roomId, seq)}
        onHold={setHeld}
        onRetry={retry}
        onRemove={discard}
        head={<HistoryHead room={summary} title={title} hasOlder={hasOlder} isEmpty={lines.length === 0} />}
      />
      {summary.canPost ? (
        <Composer roomId={summary.id} drafts={drafts} onSend={(text) => client.rooms.send(summary.id, text)} />
      ) : (
        <ClosedBar reason={endReason()} onMatchAgain={matchAgain} />
      )}
      <AskDialog question={question} onClose={closeQuestion} />
      {hasHeld && (
        <Suspense>
          <MessageSheet line={held} onClose={() => setHeld(null)} />
        </Suspense>
      )}
    </div>
  );
}

/** On to the next person: in words where there is room, a picture on a phone. */
function NextButton({ isWide, onPress }: { isWide: boolean; onPress: () => void }) {
  const { t } = useWords();
  const icon = <SkipForward size={18} aria-hidden />;
  if (!isWide) return <IconButton label={t("room.next")} icon={icon} onClick={onPress} />;
  return (
    <Button variant="secondary" size="sm" icon={icon} onClick={onPress}>
      {t("room.next")}
    </Button>
  );
}
