import type { RoomSummary } from "@maru/protocol";
import { type ReadyRoom, useClient } from "@maru/react";
import type { MenuItem } from "@maru/ui";
import { CalendarDays } from "lucide-react";
import { lazy, Suspense, useCallback, useRef, useState } from "react";
import { AskDialog } from "../../shell/ask-dialog.tsx";
import { useLayout } from "../../shell/frame/layout.ts";
import { useRoomActions } from "../../shell/frame/slots.tsx";
import type { Question } from "../../shell/question.ts";
import { useOnce } from "../../shell/use-once.ts";
import { usePageTitle } from "../../shell/use-page-title.ts";
import { drafts } from "./composer/app-drafts.ts";
import { ClosedBar } from "./composer/closed-bar.tsx";
import { Composer } from "./composer/composer.tsx";
import { EditComposer } from "./composer/edit-composer.tsx";
import { type Editing, findLastOwn } from "./composer/editing.ts";
import { TypingLine } from "./composer/typing-line.tsx";
import { useRoomDetails } from "./detail/use-room-details.tsx";
import { arrangeActions } from "./header/arrange-actions.ts";
import { RoomHeader } from "./header/room-header.tsx";
import { useRoomItems } from "./header/use-room-items.tsx";
import { useWords } from "./i18n/words.ts";
import { MessagePane } from "./message-pane.tsx";
import { countUnread, findPartner, titleOfRoom } from "./room-names.ts";
import { TalkSkeleton } from "./room-skeleton.tsx";
import { useJump } from "./timeline/use-jump.ts";

/** Comes with the first wish for another day. */
const DateDialog = lazy(() => import("./timeline/date-dialog.tsx").then((module) => ({ default: module.DateDialog })));

export type RoomViewProps = {
  summary: RoomSummary;
  /** Null while the history is on its way: who it is and where one writes need not wait for it. */
  room: ReadyRoom | null;
};

/** A conversation: who, what was said, and where one writes. */
export function RoomView({ summary, room }: RoomViewProps) {
  const { t, locale } = useWords();
  const client = useClient();
  const { paneCount } = useLayout();
  const view = useRef<HTMLDivElement>(null);
  const [newAfterSeq] = useState(() => (countUnread(summary) > 0 ? summary.readSeq : null));
  const [editing, setEditing] = useState<Editing | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const context = { room: summary, ask: setQuestion };
  const details = useRoomDetails(summary);
  const added = useRoomActions("roomHeader", context);
  const { all, beside } = arrangeActions([...added, ...details.actions]);
  const endedActions = useRoomActions("roomEnded", context);
  const items = useRoomItems(context, all);
  const { jumped, jump } = useJump(summary.id);
  const [isDateAsked, setIsDateAsked] = useState(false);
  const wasDateAsked = useOnce(isDateAsked);
  const dateItem: MenuItem = {
    key: "date",
    label: t("room.date.menu"),
    icon: <CalendarDays size={18} aria-hidden />,
    onSelect: () => setIsDateAsked(true),
  };
  const takeDraft = useCallback(
    (listener: (text: string) => void) => drafts.onChanged(summary.id, listener),
    [summary.id],
  );
  const partner = findPartner(summary);
  const title = titleOfRoom(summary, locale, t("common.unknown"));
  usePageTitle(title);
  const endReason = () => {
    if (summary.membership === "left") return t("room.ended.self");
    if (partner?.state === "left") return t("room.ended.partnerLeft", { name: title });
    return summary.state === "closed" ? t("room.system.closed") : t("room.ended.denied");
  };
  return (
    <div ref={view} className="flex min-h-0 flex-1 flex-col">
      <RoomHeader
        title={title}
        avatarSeed={partner?.avatarSeed ?? summary.id}
        partnerId={partner?.id}
        isEnded={!summary.canPost}
        hasBack={paneCount === 1}
        items={[dateItem, ...items]}
        actions={beside}
      />
      {room ? (
        <MessagePane
          room={room}
          title={title}
          newAfterSeq={newAfterSeq}
          onEdit={setEditing}
          jumped={jumped}
          jump={jump}
          onLeave={() => view.current?.querySelector("textarea")?.focus()}
        />
      ) : (
        <TalkSkeleton />
      )}
      {summary.canPost && <TypingLine roomId={summary.id} members={summary.members} />}
      {summary.canPost && editing ? (
        <EditComposer key={editing.seq} roomId={summary.id} message={editing} onDone={setEditing} />
      ) : summary.canPost ? (
        <Composer
          roomId={summary.id}
          start={drafts.read(summary.id)}
          onWrittenElsewhere={takeDraft}
          label={t("room.compose.label")}
          onChange={(text) => {
            drafts.write(summary.id, text);
            client.rooms.setTyping(summary.id, text.trim() !== "");
          }}
          onSend={(text) => {
            client.rooms.send(summary.id, text);
            if (room?.hasNewer) void jump({ kind: "newest" });
          }}
          onArrowUp={() => setEditing(room && findLastOwn(room.messages, summary.selfId))}
        />
      ) : (
        <ClosedBar reason={endReason()} actions={endedActions} />
      )}
      {details.pane}
      <AskDialog question={question} onClose={() => setQuestion(null)} />
      {wasDateAsked && (
        <Suspense>
          <DateDialog
            isOpen={isDateAsked}
            onOpenChange={setIsDateAsked}
            onDay={(at) => void jump({ kind: "moment", at })}
          />
        </Suspense>
      )}
    </div>
  );
}
