import { createRoute } from "@hono/zod-openapi";
import {
  authSessionIdSchema,
  authSessionsSchema,
  type Clock,
  fromWireId,
  httpPaths,
  type SignedIn,
  signedInSchema,
  signInInputSchema,
  signUpInputSchema,
} from "@maru/protocol";
import type { Context } from "hono";
import * as z from "zod";
import { MaruError } from "../../platform/errors.ts";
import type { HttpApp } from "../../platform/http/app.ts";
import type { HttpEnv } from "../../platform/http/http-env.ts";
import type { Log } from "../../platform/log.ts";
import type { AccessTokens } from "./access-tokens.ts";
import type { RefreshCookie } from "./cookies.ts";
import { type Authenticator, requireJson } from "./guards.ts";
import { answers, jsonBody, type RouteGuards } from "./http-contract.ts";
import { presentSelf, presentSession } from "./present.ts";
import type { Profiles } from "./profiles.ts";
import type { Sessions } from "./sessions.ts";
import type { createSignIn } from "./sign-in.ts";
import type { createSignUp, SignedInSession } from "./sign-up.ts";

export type AuthRoutesDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly guards: RouteGuards;
  readonly authenticator: Authenticator;
  readonly accessTokens: AccessTokens;
  readonly cookie: RefreshCookie;
  readonly sessions: Sessions;
  readonly profiles: Profiles;
  readonly signUp: ReturnType<typeof createSignUp>;
  readonly signIn: ReturnType<typeof createSignIn>;
  readonly clientAddress: (context: Context<HttpEnv>) => string;
};

/** Registers signing up, in and out, refreshing, and the list of devices. */
export function registerAuthRoutes(app: HttpApp, deps: AuthRoutesDeps): void {
  const { clock, log, guards, cookie, sessions, profiles } = deps;

  async function presentSignedIn(accountId: string, sessionId: string): Promise<SignedIn> {
    const account = await profiles.getSelf(accountId);
    const access = await deps.accessTokens.issue(accountId, sessionId);
    return {
      accessToken: access.token,
      accessTokenExpiresAt: new Date(access.expiresAt).toISOString(),
      serverTime: new Date(clock.now()).toISOString(),
      account: presentSelf(account),
    };
  }

  /** Hands the device its new session; one that it held before ends, so that no sign-in stays that nobody can see. */
  async function beginSession(context: Context, signedIn: SignedInSession): Promise<SignedIn> {
    const earlier = cookie.read(context);
    if (earlier !== null) {
      await sessions.endByToken(earlier, "replaced").catch((error: unknown) => {
        log.warn("the session that a device held before could not be ended", { error });
      });
    }
    cookie.write(context, signedIn.refreshToken);
    return presentSignedIn(signedIn.accountId, signedIn.sessionId);
  }

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.signUp,
      summary: "Makes an account and signs this device in.",
      middleware: [guards.limit("sign_up"), guards.requireOwnPage, requireJson] as const,
      request: { body: jsonBody(signUpInputSchema) },
      responses: answers(signedInSchema),
    }),
    async (context) => context.json(await beginSession(context, await deps.signUp(context.req.valid("json"))), 200),
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.signIn,
      summary: "Signs this device in.",
      middleware: [guards.limit("sign_in"), guards.requireOwnPage, requireJson] as const,
      request: { body: jsonBody(signInInputSchema) },
      responses: answers(signedInSchema),
    }),
    async (context) => {
      const signedIn = await deps.signIn(context.req.valid("json"), deps.clientAddress(context));
      return context.json(await beginSession(context, signedIn), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.refresh,
      summary: "Trades the refresh cookie for a fresh access token and the cookie's successor.",
      middleware: [guards.limit("refresh"), guards.requireOwnPage] as const,
      responses: answers(signedInSchema),
    }),
    async (context) => {
      const arrivedAt = clock.now();
      const token = cookie.read(context);
      if (token === null) throw new MaruError("auth.required");
      try {
        const refreshed = await sessions.refresh(token, arrivedAt);
        if (refreshed.refreshToken !== null) cookie.write(context, refreshed.refreshToken);
        return context.json(await presentSignedIn(refreshed.accountId, refreshed.sessionId), 200);
      } catch (error) {
        // A cookie that will never be good again is taken away; one that only met a busy server stays.
        if (error instanceof MaruError && !error.temporary) cookie.clear(context);
        throw error;
      }
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.signOut,
      summary: "Signs this device out. Answers the same when it was not signed in.",
      middleware: [guards.limit("account"), guards.requireOwnPage] as const,
      responses: answers(null),
    }),
    async (context) => {
      const token = cookie.read(context);
      if (token !== null) await sessions.endByToken(token, "signed_out");
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
      middleware: [guards.limit("account"), guards.requireAccount] as const,
      responses: answers(null),
    }),
    async (context) => {
      await sessions.endAll(context.var.right.accountId);
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
      middleware: [guards.limit("account"), guards.requireAccount] as const,
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
      path: `${httpPaths.sessions}/{sessionId}`,
      summary: "Signs one device of the account out. Answers the same for one that does not exist.",
      security: [{ accessToken: [] }],
      middleware: [guards.limit("account"), guards.requireAccount] as const,
      request: { params: z.object({ sessionId: authSessionIdSchema }) },
      responses: answers(null),
    }),
    async (context) => {
      await sessions.end(context.var.right.accountId, fromWireId(context.req.valid("param").sessionId));
      return context.body(null, 204);
    },
  );
}
