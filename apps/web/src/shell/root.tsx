import { useClient, useSession } from "@maru/react";
import { LogoMark } from "@maru/ui";
import { Navigate, Outlet, useLocation, useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useIsNavigationHeld } from "./hold-navigation.ts";
import { useWords } from "./i18n/index.ts";
import { createLazyModule } from "./lazy-module.ts";
import { safePath } from "./safe-path.ts";

/** Pages for those who are not signed in. */
const publicPaths = ["/log-in", "/sign-up", "/forgot-password"];
/** Pages of links that came by mail or from the server: they open whoever is signed in. */
const linkPaths = ["/reset-password", "/first-sign-in", "/goodbye"];

/** What only signed-in people see; the landing page does not wait for it. */
export const signedInPages = createLazyModule(() =>
  import("../screens/signed-in-layout.tsx").then(({ SignedInLayout, HomeScreen, RoomScreen, RoomsScreen }) => ({
    SignedInLayout,
    HomeScreen,
    RoomScreen,
    RoomsScreen,
  })),
);

/** What Maru is, for those who are not signed in. */
const landing = createLazyModule(() =>
  import("../screens/landing-screen.tsx").then(({ LandingScreen }) => LandingScreen),
);

/** Decides what stands at an address: it depends on whether somebody is signed in. */
export function Root() {
  const client = useClient();
  const session = useSession();
  const { pathname, search } = useLocation();
  const { next, fault } = search as { next?: unknown; fault?: unknown };
  const isPublic = publicPaths.includes(pathname);
  const isHeld = useIsNavigationHeld();
  useHomeForAnother(session.state === "signed_in" ? session.account.id : null);
  useWayOut(session.state === "signed_out" ? session.reason : "none");
  useEffect(() => {
    // Nobody is asked for a password who is signed in here after all.
    if (isPublic) void client.lookForSignIn();
  }, [isPublic, client]);
  if (session.state === "unknown") return <Threshold />;
  if (linkPaths.includes(pathname)) return <Outlet />;
  if (session.state === "signed_in") {
    if (isPublic && isHeld) return <Outlet />;
    if (isPublic && typeof fault === "string" && next === undefined) {
      // Whoever is signed in and went to a provider did so from there.
      return <Navigate to="/settings/security" search={{ fault }} replace />;
    }
    if (isPublic) return <Navigate to={safePath(next)} replace />;
    return <SignedIn />;
  }
  if (isPublic) return <Outlet />;
  if (pathname === "/") return <Landing />;
  if (session.reason === "left") return <Navigate to="/" replace />;
  return <Navigate to="/log-in" search={{ next: pathname }} replace />;
}

function SignedIn() {
  const pages = signedInPages.useLoaded();
  return pages ? <pages.SignedInLayout /> : <Threshold />;
}

function Landing() {
  const LandingScreen = landing.useLoaded();
  return LandingScreen ? <LandingScreen /> : <Threshold />;
}

/** Brings whoever another tab has signed in to the first page: the one on screen was somebody else's. */
function useHomeForAnother(accountId: string | null): void {
  const router = useRouter();
  const last = useRef(accountId);
  useEffect(() => {
    if (accountId === null) return;
    if (last.current !== null && last.current !== accountId) void router.navigate({ to: "/", replace: true });
    last.current = accountId;
  }, [accountId, router]);
}

/** Leads out, once, whoever is not signed in any more: to the log-in who was signed out, to the first page who left. */
function useWayOut(reason: "none" | "left" | "ended"): void {
  const router = useRouter();
  useEffect(() => {
    const { pathname } = router.state.location;
    if (linkPaths.includes(pathname)) return;
    if (reason === "left") void router.navigate({ to: "/", replace: true });
    if (reason === "ended") {
      void router.navigate({ to: "/log-in", search: pathname === "/" ? {} : { next: pathname }, replace: true });
    }
  }, [reason, router]);
}

/** The moment in which it is not known yet who is there. */
function Threshold() {
  const { t } = useWords();
  return (
    <div
      role="status"
      aria-label={t("common.loading")}
      className="flex h-dvh flex-col items-center justify-center gap-5"
    >
      <span className="animate-fade [animation-delay:300ms]">
        <span className="block animate-breathe">
          <LogoMark size={56} />
        </span>
      </span>
      <span className="animate-fade text-sm text-ink-muted [animation-delay:4s]">{t("connection.reconnecting")}</span>
    </div>
  );
}
