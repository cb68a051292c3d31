import { useClient, useSession } from "@maru/react";
import { LogoMark } from "@maru/ui";
import { Navigate, Outlet, useLocation, useRouter } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";
import type { WebFeature } from "../shell/feature.ts";
import { useIsNavigationHeld } from "../shell/hold-navigation.ts";
import { useWords } from "../shell/i18n/index.ts";
import { createLazyModule } from "../shell/lazy-module.ts";
import { safePath } from "../shell/safe-path.ts";
import { features } from "./features.ts";
import { joinParts } from "./join-parts.ts";
import { words as landingWords } from "./landing/i18n/words.ts";

/** What only signed-in people see; the landing page does not wait for it. */
const signedIn = createLazyModule(async () => {
  const [{ SignedInLayout }, ...loaded] = await Promise.all([
    import("./signed-in-layout.tsx"),
    ...features.flatMap(({ signedIn: own }: WebFeature) => (own ? [own.fetch()] : [])),
  ]);
  const joined = joinParts(loaded.map(({ parts }) => parts));
  return () => <SignedInLayout joined={joined} />;
});

const kinds = features
  .flatMap((feature: WebFeature) => feature.landing ?? [])
  .toSorted((one, other) => one.rank - other.rank);

/** What Maru is, for those who are not signed in. */
const landing = createLazyModule(async () => {
  const [{ LandingScreen }] = await Promise.all([
    landingWords.alongside(import("./landing/landing-screen.tsx")),
    ...kinds.map(({ load }) => load()),
  ]);
  return LandingScreen;
});

/** Decides what stands at an address: it depends on whether somebody is signed in. */
export function Root() {
  const client = useClient();
  const session = useSession();
  const { pathname, search, href } = useLocation();
  const { next, fault } = search as { next?: unknown; fault?: unknown };
  const audience = useAudience(pathname);
  const isPublic = audience === "visitors";
  const isHeld = useIsNavigationHeld();
  useHomeForAnother(session.state === "signed_in" ? session.account.id : null);
  useWayOut(session.state === "signed_out" ? session.reason : "none");
  useEffect(() => {
    // Nobody is asked for a password who is signed in here after all.
    if (isPublic) void client.lookForSignIn();
  }, [isPublic, client]);
  if (session.state === "unknown") return <Threshold />;
  if (audience === "anyone") return <Outlet />;
  if (session.state === "signed_in") {
    if (isPublic && isHeld) return <Outlet />;
    if (isPublic && typeof fault === "string" && next === undefined) {
      // Whoever is signed in and went to a provider did so from there.
      return <Navigate to="/settings/security" search={{ fault }} replace />;
    }
    if (isPublic) return <GoOn path={safePath(next)} />;
    return <SignedIn />;
  }
  if (isPublic) return <Outlet />;
  if (pathname === "/") return <Landing />;
  if (session.reason === "left") return <Navigate to="/" replace />;
  return <Navigate to="/log-in" search={nextOf(href)} replace />;
}

/** Leads on to a place with its query, in place of the page that asked somebody in. */
function GoOn({ path }: { path: string }) {
  const { history } = useRouter();
  useEffect(() => history.replace(path), [history, path]);
  return null;
}

/** Remembers where somebody wanted to go, with its query; home goes without saying. */
function nextOf(href: string): { next?: string } {
  const next = safePath(href);
  return next === "/" ? {} : { next };
}

type Matcher = Pick<ReturnType<typeof useRouter>, "getMatchedRoutes">;

/** Whom the page of an address is for, as its route says. */
function audienceOf(router: Matcher, pathname: string) {
  const [, , route] = router.getMatchedRoutes(pathname);
  return route?.options.staticData?.audience;
}

function useAudience(pathname: string) {
  const router = useRouter();
  return useMemo(() => audienceOf(router, pathname), [router, pathname]);
}

function SignedIn() {
  const SignedInLayout = signedIn.useLoaded();
  return SignedInLayout ? <SignedInLayout /> : <Threshold />;
}

function Landing() {
  const LandingScreen = landing.useLoaded();
  return LandingScreen ? <LandingScreen kinds={kinds} /> : <Threshold />;
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
    const { pathname, href } = router.state.location;
    if (audienceOf(router, pathname) === "anyone") return;
    if (reason === "left") void router.navigate({ to: "/", replace: true });
    if (reason === "ended") {
      void router.navigate({ to: "/log-in", search: nextOf(href), replace: true });
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
