import { createRoute } from "@hono/zod-openapi";
import {
  httpPaths,
  proofInputSchema,
  providerConnectInputSchema,
  providerConsentInputSchema,
  providerStartInputSchema,
  providerStartSchema,
  type SignedIn,
} from "@maru/protocol";
import type { Context } from "hono";
import * as z from "zod";
import { MaruError } from "../../../platform/errors.ts";
import type { HttpApp } from "../../../platform/http/app.ts";
import type { Log } from "../../../platform/log.ts";
import { answers, entryAnswers, inOrder, jsonBody, type RouteGuards } from "../http-contract.ts";
import type { Reauthentication } from "../passwords/reauthentication.ts";
import { noteSecurity } from "../security-log/security-log.ts";
import type { AuthProof } from "../sign-in/auth-epochs.ts";
import type { AuthResponder } from "../sign-in/auth-response.ts";
import type { SecretCookies } from "../sign-in/cookies.ts";
import { requireJson } from "../sign-in/guards.ts";
import type { Visit } from "../sign-in/open-session.ts";
import type { OAuthFlow } from "./oauth-flow.ts";
import type { ProviderLinks } from "./provider-links.ts";
import type { ProviderSignIn } from "./provider-sign-in.ts";

const providerId = z.object({ providerId: z.string().max(40) });

/** Registers signing in through providers, and connecting and disconnecting them. */
export function registerProviderRoutes(
  app: HttpApp,
  deps: {
    readonly guards: RouteGuards;
    readonly log: Log;
    readonly cookies: SecretCookies;
    readonly authResponder: AuthResponder;
    readonly oauthFlow: OAuthFlow;
    readonly providerSignIn: ProviderSignIn;
    readonly links: ProviderLinks;
    readonly reauthentication: Reauthentication;
  },
): void {
  const { guards, log, cookies, authResponder, oauthFlow, providerSignIn, links, reauthentication } = deps;
  const security = [{ accessToken: [] }];

  /** Begins a flow in the browser that asks, and returns where it has to go. */
  async function begin(
    context: Context,
    flow: { returnTo: string; visit: Visit; connects: AuthProof | null },
  ): Promise<string> {
    const pageOrigin = cookies.pageOriginOf(context);
    const providerId = context.req.param("providerId") ?? "";
    noteSecurity(context, { providerId: oauthFlow.findProviderId(providerId) });
    const { url, flowId, browserSecret } = await oauthFlow.begin(providerId, { ...flow, pageOrigin });
    cookies.providers.write(context, flowId, browserSecret);
    return url;
  }

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.providerStart,
      summary: "Begins a sign-in through a provider; tells where the browser has to go.",
      middleware: inOrder(guards.requireOwnPage, requireJson),
      request: { params: providerId, body: jsonBody(providerStartInputSchema) },
      responses: answers(providerStartSchema),
    }),
    async (context) => {
      const { returnTo, deviceName } = context.req.valid("json");
      const visit = authResponder.visitOf(context, deviceName);
      return context.json({ url: await begin(context, { returnTo, visit, connects: null }) }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.providerConnect,
      summary: "Begins the connecting of a provider with one's own account, by the password or after a fresh sign-in.",
      security,
      middleware: inOrder(guards.requireOwnPage, guards.requireAccount, requireJson),
      request: { params: providerId, body: jsonBody(providerConnectInputSchema) },
      responses: answers(providerStartSchema),
    }),
    async (context) => {
      const { returnTo, deviceName, password } = context.req.valid("json");
      const visit = authResponder.visitOf(context, deviceName);
      const connects = await reauthentication.require(context.var.right, password);
      return context.json({ url: await begin(context, { returnTo, visit, connects }) }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: httpPaths.providerCallback,
      summary: "Where a provider sends the browser back to; leads on into the app.",
      request: { params: providerId },
      responses: { 303: { description: "On into the app: signed in, at the next step, or with `fault`." } },
    }),
    async (context) => {
      const query = new URL(context.req.url).search.slice(1);
      context.header("referrer-policy", "no-referrer");
      context.header("cache-control", "no-store");
      let home = "/log-in";
      try {
        const id = context.req.valid("param").providerId;
        noteSecurity(context, { providerId: oauthFlow.findProviderId(id) });
        const returned = await oauthFlow.finish(id, query, ({ flowId, pageOrigin }) => {
          cookies.settlePageOrigin(context, pageOrigin);
          const secret = cookies.providers.read(context, flowId, pageOrigin);
          if (secret !== null) cookies.providers.clear(context, flowId);
          return secret;
        });
        const { claims, returnTo, visit, began, connects } = returned;
        if (connects !== null) {
          home = returnTo;
          noteSecurity(context, { event: "provider.connect", accountId: connects.accountId });
          const { issuer, subject } = claims;
          await links.connect(connects, { providerId: id, issuer, subject });
          return context.redirect(returnTo, 303);
        }
        const entry = await providerSignIn.arrive(id, claims, visit, began);
        await authResponder.admit(context, entry, visit);
        return context.redirect(entry.kind === "signed_in" ? returnTo : "/log-in", 303);
      } catch (error) {
        const code = error instanceof MaruError ? error.code : "server.internal";
        noteSecurity(context, { outcome: "refused", reason: code });
        // Whoever was signed out on the way has no page to come back to.
        if (code === "auth.revoked") home = "/log-in";
        if (code === "server.internal") log.error("a provider's answer failed", { error });
        return context.redirect(addFault(home, code), 303);
      }
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.stepConsent,
      summary: "Agrees to the terms after a first sign-in through a provider; makes the account.",
      middleware: inOrder(guards.requireOwnPage, requireJson),
      request: { body: jsonBody(providerConsentInputSchema) },
      responses: entryAnswers,
    }),
    async (context) => {
      const visit = authResponder.visitOf(context, "");
      const entry = await providerSignIn.consent(cookies.step.read(context), context.req.valid("json"), visit);
      const { body, status } = await authResponder.answer(context, entry, visit);
      return context.json(body as SignedIn, status as 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.providerRemove,
      summary: "Disconnects a provider from one's own account, never the last way in.",
      security,
      middleware: inOrder(guards.requireAccount, requireJson),
      request: { params: providerId, body: jsonBody(proofInputSchema) },
      responses: answers(null),
    }),
    async (context) => {
      const { providerId: id } = context.req.valid("param");
      noteSecurity(context, { providerId: oauthFlow.findProviderId(id) });
      await links.remove(context.var.right, id, context.req.valid("json").password);
      return context.body(null, 204);
    },
  );
}

/** The place with the fault that the page there is to show. */
function addFault(path: string, code: string): string {
  const [place = "/", hash] = path.split("#", 2);
  return `${place}${place.includes("?") ? "&" : "?"}fault=${code}${hash === undefined ? "" : `#${hash}`}`;
}
