import { useRoom, useRoomList } from "@maru/react";
import { Button, buttonClass, EmptyState } from "@maru/ui";
import { Link } from "@tanstack/react-router";
import { useWords } from "../i18n/words.ts";
import { RoomSkeleton } from "../room-skeleton.tsx";
import { RoomView } from "../room-view.tsx";

/** One conversation, or that there is none at this address. */
export function RoomScreen({ roomId }: { roomId: string }) {
  return /^room_[0-9a-f]{32}$/.test(roomId) ? <OneRoom roomId={roomId} /> : <GoneRoom />;
}

function OneRoom({ roomId }: { roomId: string }) {
  const { t } = useWords();
  const room = useRoom(roomId);
  const { rooms } = useRoomList();
  // One view from the first moment on, so that what is being written survives the arrival of the history.
  const summary = room.state === "ready" ? room.summary : rooms.find((each) => each.id === roomId);
  if (summary && (room.state === "ready" || room.state === "loading")) {
    return <RoomView key={roomId} summary={summary} room={room.state === "ready" ? room : null} />;
  }
  switch (room.state) {
    case "loading":
    case "ready":
      return <RoomSkeleton />;
    case "gone":
      return <GoneRoom />;
    case "failed":
      return (
        <div className="m-auto">
          <EmptyState title={t("common.failed")} action={<Button onClick={room.retry}>{t("common.retry")}</Button>} />
        </div>
      );
  }
}

function GoneRoom() {
  const { t } = useWords();
  return (
    <div className="m-auto">
      <EmptyState
        title={t("room.notFound.title")}
        text={t("room.notFound.text")}
        action={
          <Link to="/rooms" className={buttonClass({ variant: "secondary" })}>
            {t("room.back")}
          </Link>
        }
      />
    </div>
  );
}
