import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { WebFeature } from "../../shell/feature.ts";
import { readFault } from "../../shell/read-fault.ts";
import { rootRoute } from "../../shell/root-route.ts";
import { words } from "./i18n/words.ts";
import { type Next, readNext } from "./keep-next.ts";
import { isSignUpStep, type SignUpStep } from "./sign-up-steps.ts";

const LogInPage = lazyRouteComponent(() => words.alongside(import("./screens/log-in-screen.tsx")), "LogInScreen");
const SignUpPage = lazyRouteComponent(() => words.alongside(import("./screens/sign-up-screen.tsx")), "SignUpScreen");
const ForgotPage = lazyRouteComponent(
  () => words.alongside(import("./screens/forgot-password-screen.tsx")),
  "ForgotPasswordScreen",
);
const ResetPage = lazyRouteComponent(
  () => words.alongside(import("./screens/link-screens.tsx")),
  "ResetPasswordScreen",
);
const FirstSignInPage = lazyRouteComponent(
  () => words.alongside(import("./screens/link-screens.tsx")),
  "FirstSignInScreen",
);

const under = { getParentRoute: () => rootRoute };
const forVisitors = { staticData: { audience: "visitors" } } as const;
/** Links that came by mail or from the server: they open whoever is signed in. */
const forAnyone = { staticData: { audience: "anyone" } } as const;

const logIn = createRoute({
  ...under,
  ...forVisitors,
  path: "/log-in",
  component: LogInPage,
  validateSearch: (search: Record<string, unknown>): Next & { fault?: string } => ({
    ...readNext(search),
    ...readFault(search),
  }),
});
const signUp = createRoute({
  ...under,
  ...forVisitors,
  path: "/sign-up",
  component: SignUpPage,
  validateSearch: (search: Record<string, unknown>): Next & { invite?: string; step?: SignUpStep } => ({
    ...readNext(search),
    // A code of digits alone would be read as a number.
    ...(["string", "number"].includes(typeof search.invite) && { invite: String(search.invite) }),
    ...(isSignUpStep(search.step) && { step: search.step }),
  }),
});
const forgot = createRoute({
  ...under,
  ...forVisitors,
  path: "/forgot-password",
  component: ForgotPage,
  validateSearch: readNext,
});
const reset = createRoute({ ...under, ...forAnyone, path: "/reset-password", component: ResetPage });
const firstSignIn = createRoute({ ...under, ...forAnyone, path: "/first-sign-in", component: FirstSignInPage });

/** The ways in. */
export const auth = {
  name: "auth",
  routes: [logIn, signUp, forgot, reset, firstSignIn],
} satisfies WebFeature;
