import { createRoute } from "@tanstack/react-router";
import { MessageCircle } from "lucide-react";
import type { WebFeature } from "../../shell/feature.ts";
import type { ListPane } from "../../shell/frame/place.ts";
import { readDetail } from "../../shell/frame/use-detail.ts";
import { createLazyModule } from "../../shell/lazy-module.ts";
import { rootRoute } from "../../shell/root-route.ts";
import { drafts } from "./composer/app-drafts.ts";
import { landing } from "./i18n/landing.ts";
import { words } from "./i18n/words.ts";
import { type ListSearch, readListSearch } from "./list/list-search.ts";

const signedIn = createLazyModule(() => words.alongside(import("./signed-in.tsx")));

/** The conversations, beside the page. */
export const roomsListPane: ListPane = {
  label: words.text("rooms.page"),
  List: () => {
    const loaded = signedIn.useLoaded();
    return loaded && <loaded.RoomsPane />;
  },
};

const under = { getParentRoute: () => rootRoute };

const list = createRoute({
  ...under,
  path: "/rooms",
  validateSearch: readListSearch,
  component: RoomsPage,
  staticData: { listPane: roomsListPane },
});
const room = createRoute({
  ...under,
  path: "/rooms/$roomId",
  validateSearch: (search: Record<string, unknown>): ListSearch & { detail?: string } => ({
    ...readListSearch(search),
    ...readDetail(search),
  }),
  component: RoomPage,
  staticData: { listPane: roomsListPane, isImmersive: true },
});

function RoomsPage() {
  const loaded = signedIn.useLoaded();
  return loaded && <loaded.RoomsScreen />;
}

function RoomPage() {
  const { roomId } = room.useParams();
  const loaded = signedIn.useLoaded();
  return loaded && <loaded.RoomScreen key={roomId} roomId={roomId} />;
}

/** Conversations: their list, and each of them. */
export const rooms = {
  name: "rooms",
  routes: [list, room],
  landing: [
    {
      key: "direct",
      Icon: MessageCircle,
      title: landing.text("title"),
      text: landing.text("text"),
      points: [landing.text("unread"), landing.text("offline")],
      rank: 20,
      load: landing.load,
    },
  ],
  signedIn,
  forget: () => drafts.clear(),
} satisfies WebFeature;
