import { useRoomList } from "@maru/react";
import { EmptyState } from "@maru/ui";
import { MessageCircle } from "lucide-react";
import { HallScene } from "../../../shell/brand/hall-scene.tsx";
import { useLayout } from "../../../shell/frame/layout.ts";
import { usePageTitle } from "../../../shell/use-page-title.ts";
import { useWords } from "../i18n/words.ts";
import { RoomsPane } from "../list/rooms-pane.tsx";

/** The list of conversations; on a wide screen it is always there, so the page asks to pick one. */
export function RoomsScreen() {
  const { t } = useWords();
  const { paneCount } = useLayout();
  const { state, rooms } = useRoomList();
  usePageTitle(t("rooms.page"));
  if (paneCount === 1) return <RoomsPane />;
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
