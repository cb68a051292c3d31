import { useClient, useMatch, useRoomList, useSession } from "@maru/react";
import { preloadOverlays } from "@maru/ui";
import { Outlet, useLocation } from "@tanstack/react-router";
import { useEffect } from "react";
import { useFollowMatch } from "../features/match/use-follow-match.ts";
import { WaitingChip } from "../features/match/waiting-chip.tsx";
import { PaletteHost } from "../features/palette/palette-host.tsx";
import { RoomsPane } from "../features/rooms/list/rooms-pane.tsx";
import { keptPlaces } from "../features/rooms/timeline/kept-places.ts";
import { loadQuestionDialog } from "../shell/ask-dialog.tsx";
import { ConnectionBanner } from "../shell/connection-banner.tsx";
import { AppFrame } from "../shell/layout/app-frame.tsx";
import { StorageBanner } from "../shell/storage-banner.tsx";
import { whenIdle } from "../shell/when-idle.ts";

export { HomeScreen } from "./home-screen.tsx";
export { RoomScreen } from "./room-screen.tsx";
export { RoomsScreen } from "./rooms-screen.tsx";

/** Fetches what opens at a press, so that it opens at once, and without network too. */
function prepare(): Promise<unknown> {
  return Promise.allSettled([
    preloadOverlays(),
    loadQuestionDialog(),
    import("../features/rooms/timeline/message-actions.tsx"),
  ]);
}

/** Everything a signed-in person sees. */
export function SignedInLayout() {
  const client = useClient();
  const session = useSession();
  const match = useMatch();
  const { unreadCount } = useRoomList();
  const { pathname } = useLocation();
  useFollowMatch();
  useEffect(() => whenIdle(() => void prepare()), []);
  useEffect(
    () =>
      client.session.subscribe(() => {
        if (client.session.getSnapshot().state === "signed_out") keptPlaces.clear();
      }),
    [client],
  );
  if (session.state !== "signed_in") return null;
  return (
    <AppFrame
      unreadCount={unreadCount}
      avatarSeed={session.account.avatarSeed}
      nickname={session.account.nickname}
      banner={
        <>
          <ConnectionBanner />
          <StorageBanner />
          {match.state === "waiting" && pathname !== "/" && <WaitingChip requestedAt={match.requestedAt} />}
        </>
      }
      list={<RoomsPane />}
      isImmersive={pathname.startsWith("/rooms/")}
    >
      <Outlet />
      <PaletteHost />
    </AppFrame>
  );
}
