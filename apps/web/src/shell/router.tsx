import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { CrashedScreen } from "../screens/crashed-screen.tsx";
import { NotFoundScreen } from "../screens/not-found-screen.tsx";
import { Root, signedInPages } from "./root.tsx";
import { isSignUpStep, type SignUpStep } from "./sign-up-steps.ts";

// Pages that most visits do not open come when they are wanted: a pointer over the way there is enough.
const SettingsPage = lazyRouteComponent(() => import("../screens/settings-screen.tsx"), "SettingsScreen");
const LogInPage = lazyRouteComponent(() => import("../screens/log-in-screen.tsx"), "LogInScreen");
const SignUpPage = lazyRouteComponent(() => import("../screens/sign-up-screen.tsx"), "SignUpScreen");
const ForgotPage = lazyRouteComponent(() => import("../screens/forgot-password-screen.tsx"), "ForgotPasswordScreen");
const ResetPage = lazyRouteComponent(() => import("../screens/link-screens.tsx"), "ResetPasswordScreen");
const FirstSignInPage = lazyRouteComponent(() => import("../screens/link-screens.tsx"), "FirstSignInScreen");
const SecurityPage = lazyRouteComponent(() => import("../screens/security-screen.tsx"), "SecurityScreen");
const DevicesPage = lazyRouteComponent(() => import("../screens/devices-screen.tsx"), "DevicesScreen");
const DataPage = lazyRouteComponent(() => import("../screens/data-screen.tsx"), "DataScreen");
const LeavePage = lazyRouteComponent(() => import("../screens/leave-screen.tsx"), "LeaveScreen");
const GoodbyePage = lazyRouteComponent(() => import("../screens/leave-screen.tsx"), "GoodbyeScreen");

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
  validateSearch: (search: Record<string, unknown>): { next?: string; fault?: string } => ({
    ...(typeof search.next === "string" && { next: search.next }),
    ...readFault(search),
  }),
});
const signUp = createRoute({
  ...under,
  path: "/sign-up",
  component: SignUpPage,
  validateSearch: (search: Record<string, unknown>): { invite?: string; step?: SignUpStep } => ({
    // A code of digits alone would be read as a number.
    ...(["string", "number"].includes(typeof search.invite) && { invite: String(search.invite) }),
    ...(isSignUpStep(search.step) && { step: search.step }),
  }),
});
const account = [
  createRoute({ ...under, path: "/forgot-password", component: ForgotPage }),
  createRoute({ ...under, path: "/reset-password", component: ResetPage }),
  createRoute({ ...under, path: "/first-sign-in", component: FirstSignInPage }),
  createRoute({ ...under, path: "/settings/security", component: SecurityPage, validateSearch: readFault }),
  createRoute({ ...under, path: "/settings/devices", component: DevicesPage }),
  createRoute({ ...under, path: "/settings/data", component: DataPage }),
  createRoute({ ...under, path: "/settings/leave", component: LeavePage }),
  createRoute({
    ...under,
    path: "/goodbye",
    component: GoodbyePage,
    validateSearch: (search: Record<string, unknown>): { until?: string } =>
      typeof search.until === "string" ? { until: search.until } : {},
  }),
] as const;

/** What went wrong on the way back from a provider. */
function readFault(search: Record<string, unknown>): { fault?: string } {
  return typeof search.fault === "string" ? { fault: search.fault } : {};
}

function HomePage() {
  const pages = signedInPages.useLoaded();
  return pages && <pages.HomeScreen />;
}

function RoomsPage() {
  const pages = signedInPages.useLoaded();
  return pages && <pages.RoomsScreen />;
}

function RoomPage() {
  const { roomId } = room.useParams();
  const pages = signedInPages.useLoaded();
  return pages && <pages.RoomScreen key={roomId} roomId={roomId} />;
}

/** Every address of the app. */
export const router = createRouter({
  routeTree: root.addChildren([home, rooms, room, settings, logIn, signUp, ...account]),
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
