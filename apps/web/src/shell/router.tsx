import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { CrashedScreen } from "../screens/crashed-screen.tsx";
import { NotFoundScreen } from "../screens/not-found-screen.tsx";
import { house, Root } from "./root.tsx";

// Pages that most visits do not open come when they are wanted: a pointer over the way there is enough.
const SettingsPage = lazyRouteComponent(() => import("../screens/settings-screen.tsx"), "SettingsScreen");
const LogInPage = lazyRouteComponent(() => import("../screens/log-in-screen.tsx"), "LogInScreen");
const SignUpPage = lazyRouteComponent(() => import("../screens/sign-up-screen.tsx"), "SignUpScreen");

const root = createRootRoute({ component: Root });
const under = { getParentRoute: () => root };

const home = createRoute({ ...under, path: "/", component: HomePage });
/** `archived`: the list beside the page, or behind it on a phone, is the archive. */
const validateSearch = (search: Record<string, unknown>): { archived?: true } =>
  search.archived === true ? { archived: true } : {};
const rooms = createRoute({ ...under, path: "/rooms", component: RoomsPage, validateSearch });
const room = createRoute({ ...under, path: "/rooms/$roomId", component: RoomPage, validateSearch });
const settings = createRoute({ ...under, path: "/settings", component: SettingsPage });
const logIn = createRoute({
  ...under,
  path: "/log-in",
  component: LogInPage,
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search.next === "string" ? { next: search.next } : {},
});
const signUp = createRoute({ ...under, path: "/sign-up", component: SignUpPage });

function HomePage() {
  const pages = house.useLoaded();
  return pages && <pages.HomeScreen />;
}

function RoomsPage() {
  const pages = house.useLoaded();
  return pages && <pages.RoomsScreen />;
}

function RoomPage() {
  const { roomId } = room.useParams();
  const pages = house.useLoaded();
  return pages && <pages.RoomScreen key={roomId} roomId={roomId} />;
}

/** Every address of the app. */
export const router = createRouter({
  routeTree: root.addChildren([home, rooms, room, settings, logIn, signUp]),
  defaultNotFoundComponent: NotFoundScreen,
  defaultErrorComponent: CrashedScreen,
  defaultPreload: "intent",
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
