import { createRoute } from "@hono/zod-openapi";
import {
  authSessionIdSchema,
  authSessionsSchema,
  type Clock,
  fromWireId,
  httpPaths,
  refreshedSchema,
  type SignedIn,
  signInInputSchema,
  signUpInputSchema,
} from "@maru/protocol";
import * as z from "zod";
import { MaruError } from "../../../platform/errors.ts";
import type { HttpApp } from "../../../platform/http/app.ts";
import { presentSession } from "../accounts/present.ts";
import { answers, entryAnswers, jsonBody, type RouteGuards } from "../http-contract.ts";
import { RefusedRefresh, type Sessions } from "../sessions/sessions.ts";
import type { createSignUp } from "../sign-up/sign-up.ts";
import type { AuthResponder } from "./auth-response.ts";
import type { SecretCookies } from "./cookies.ts";
import { type Authenticator, requireJson } from "./guards.ts";
import type { createSignIn } from "./sign-in.ts";

export type AuthRoutesDeps = {
  readonly clock: Clock;
  readonly guards: RouteGuards;
  readonly authenticator: Authenticator;
  readonly cookies: SecretCookies;
  readonly sessions: Sessions;
  readonly authResponder: AuthResponder;
  readonly signUp: ReturnType<typeof createSignUp>;
  readonly signIn: ReturnType<typeof createSignIn>;
};

/** Registers signing up, in and out, refreshing, and the list of devices. */
export function registerAuthRoutes(app: HttpApp, deps: AuthRoutesDeps): void {
  const { clock, guards, cookies, sessions, authResponder } = deps;
  const cookie = cookies.refresh;

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.signUp,
      summary: "Makes an account and signs this device in.",
      middleware: [guards.requireOwnPage, requireJson] as const,
      request: { body: jsonBody(signUpInputSchema) },
      responses: entryAnswers,
    }),
    async (context) => {
      const input = context.req.valid("json");
      const visit = authResponder.visitOf(context, input.deviceName);
      const { body, status } = await authResponder.answer(context, await deps.signUp(input, visit), visit);
      return context.json(body as SignedIn, status as 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.signIn,
      summary: "Signs this device in.",
      middleware: [guards.requireOwnPage, requireJson] as const,
      request: { body: jsonBody(signInInputSchema) },
      responses: entryAnswers,
    }),
    async (context) => {
      const input = context.req.valid("json");
      const visit = authResponder.visitOf(context, input.deviceName);
      const entry = await deps.signIn(input, visit);
      const { body, status } = await authResponder.answer(context, entry, visit);
      return context.json(body as SignedIn, status as 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.refresh,
      summary:
        "Trades the refresh cookie for a fresh access token and the cookie's successor; tells a browser without one so.",
      middleware: [guards.requireOwnPage] as const,
      responses: answers(refreshedSchema),
    }),
    async (context) => {
      const arrivedAt = clock.now();
      const own = cookie.read(context);
      const token = own ?? cookie.former.read(context);
      if (token === null) return context.json({ signedIn: false } as const, 200);
      try {
        const refreshed = await sessions.refresh(token, arrivedAt);
        if (refreshed.refreshToken !== null) cookie.write(context, refreshed.refreshToken);
        if (own === null) cookie.former.clear(context);
        authResponder.renewMark(context);
        return context.json(await authResponder.presentSignedIn(refreshed.accountId, refreshed.sessionId), 200);
      } catch (error) {
        // A cookie that will never be good again is taken away; one that only met a busy server stays.
        if (!(error instanceof MaruError) || error.temporary) throw error;
        if (error.cause instanceof RefusedRefresh && error.cause.keepsCookie) throw error;
        // Under its former name it may be the sign-in at another installation on this host.
        if (own === null && error.code === "auth.invalid") throw new MaruError("auth.required");
        (own === null ? cookie.former : cookie).clear(context);
        throw error;
      }
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.signOut,
      summary: "Signs this device out. Answers the same when it was not signed in.",
      middleware: [guards.requireOwnPage] as const,
      responses: answers(null),
    }),
    async (context) => {
      const own = cookie.read(context);
      if (own !== null) await sessions.endByToken(own, "signed_out");
      const former = cookie.former.read(context);
      if (former !== null && (await sessions.endByToken(former, "signed_out"))) cookie.former.clear(context);
      const bearer = /^Bearer (\S+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
      if (bearer !== undefined) {
        const right = await deps.authenticator.authenticate(bearer).catch(() => null);
        if (right) await sessions.end(right.accountId, right.sessionId);
      }
      cookie.clear(context);
      return context.body(null, 204);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.signOutEverywhere,
      summary: "Signs all devices of the account out.",
      security: [{ accessToken: [] }],
      middleware: [guards.requireAccount] as const,
      responses: answers(null),
    }),
    async (context) => {
      await sessions.endAll(context.var.right);
      cookie.clear(context);
      return context.body(null, 204);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: httpPaths.sessions,
      summary: "Lists the devices that are signed in, the most recently used first.",
      security: [{ accessToken: [] }],
      middleware: [guards.requireAccount] as const,
      responses: answers(authSessionsSchema),
    }),
    async (context) => {
      const { accountId, sessionId } = context.var.right;
      const rows = await sessions.list(accountId);
      return context.json({ sessions: rows.map((row) => presentSession(row, sessionId)) }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "delete",
      path: httpPaths.session,
      summary: "Signs one device of the account out. Answers the same for one that does not exist.",
      security: [{ accessToken: [] }],
      middleware: [guards.requireAccount] as const,
      request: { params: z.object({ sessionId: authSessionIdSchema }) },
      responses: answers(null),
    }),
    async (context) => {
      await sessions.end(context.var.right.accountId, fromWireId(context.req.valid("param").sessionId));
      return context.body(null, 204);
    },
  );
}
