import { useRoom } from "@maru/react";
import { Button, buttonClass, EmptyState } from "@maru/ui";
import { Link } from "@tanstack/react-router";
import { RoomSkeleton } from "../features/rooms/room-skeleton.tsx";
import { RoomView } from "../features/rooms/room-view.tsx";
import { useWords } from "../shell/i18n/index.ts";

/** One conversation. */
export function RoomScreen({ roomId }: { roomId: string }) {
  const { t } = useWords();
  const room = useRoom(roomId);
  switch (room.state) {
    case "loading":
      return <RoomSkeleton />;
    case "gone":
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
    case "failed":
      return (
        <div className="m-auto">
          <EmptyState title={t("common.failed")} action={<Button onClick={room.retry}>{t("common.retry")}</Button>} />
        </div>
      );
    case "ready":
      return <RoomView key={room.summary.id} room={room} />;
  }
}
