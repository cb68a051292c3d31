import { useRoomList } from "@maru/react";
import { EmptyState } from "@maru/ui";
import { MessageCircle } from "lucide-react";
import { RoomsPane } from "../features/rooms/list/rooms-pane.tsx";
import { HallScene } from "../shell/brand/hall-scene.tsx";
import { useWords } from "../shell/i18n/index.ts";
import { useIsWide } from "../shell/use-media.ts";
import { usePageTitle } from "../shell/use-page-title.ts";

/** The list of conversations; on a wide screen it is always there, so the page asks to pick one. */
export function RoomsScreen() {
  const { t } = useWords();
  const isWide = useIsWide();
  const { state, rooms, unreadCount } = useRoomList();
  usePageTitle(t("rooms.page"), unreadCount);
  if (!isWide) return <RoomsPane />;
  // The list itself says that it is empty and what to do about it.
  if (state === "ready" && rooms.length === 0) return <HallScene seats="none" className="m-auto max-w-110" />;
  return (
    <div className="m-auto">
      <EmptyState
        picture={<MessageCircle size={40} strokeWidth={1.5} aria-hidden />}
        title={t("rooms.pick.title")}
        text={t("rooms.pick.text")}
      />
    </div>
  );
}
