import type { RoomSummary } from "@maru/protocol";
import { useClient, useRoomList } from "@maru/react";
import { MessageCircle, Users } from "lucide-react";
import { useEffect } from "react";
import type { SignedInParts } from "../../shell/feature.ts";
import { createLazyModule } from "../../shell/lazy-module.ts";
import { useWords, words } from "./i18n/words.ts";
import { keptPlaces } from "./timeline/kept-places.ts";

export { RoomsPane } from "./list/rooms-pane.tsx";
export { RoomScreen } from "./screens/room-screen.tsx";
export { RoomsScreen } from "./screens/rooms-screen.tsx";

const members = createLazyModule(() => import("./detail/members-detail.tsx").then((part) => part.MembersDetail));

function Members({ room }: { room: RoomSummary }) {
  const MembersDetail = members.useLoaded();
  return MembersDetail && <MembersDetail room={room} />;
}

/** Whoever signs in next does not read on where somebody else left off. */
function ForgetPlaces() {
  const { session } = useClient();
  useEffect(
    () =>
      session.subscribe(() => {
        if (session.getSnapshot().state === "signed_out") keptPlaces.clear();
      }),
    [session],
  );
  return null;
}

function useUnreadBadge() {
  const { t } = useWords();
  const { unreadCount: count, rooms } = useRoomList();
  const hasMore = rooms.some(({ markedUnread, muted }) => markedUnread && !muted);
  return { count, hasMore, label: count > 0 ? t("rooms.unread", { count }) : t("rooms.markedUnread") };
}

export const parts: SignedInParts = {
  navigation: [
    { to: "/rooms", label: words.text("rooms.page"), Icon: MessageCircle, rank: 20, useBadge: useUnreadBadge },
  ],
  slots: {
    detail: [{ key: "members", title: words.text("room.members.title"), Icon: Users, rank: 50, Body: Members }],
    roomKinds: [{ kind: "direct", label: words.text("rooms.filter.direct"), rank: 10 }],
  },
  overlays: [ForgetPlaces],
  palette: createLazyModule(() => import("./palette-entries.tsx").then(({ usePaletteEntries }) => usePaletteEntries)),
  prefetch: () => Promise.all([import("./timeline/message-actions.tsx"), members.fetch()]),
};
