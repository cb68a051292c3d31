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
import type { HttpApp } from "../../../platform/http/app.ts";
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

export const providerId = z.object({ providerId: z.string().max(40) });

/** Registers signing in through providers, and connecting and disconnecting them. */
export function registerProviderRoutes(
  app: HttpApp,
  deps: {
    readonly guards: RouteGuards;
    readonly cookies: SecretCookies;
    readonly authResponder: AuthResponder;
    readonly oauthFlow: OAuthFlow;
    readonly providerSignIn: ProviderSignIn;
    readonly links: ProviderLinks;
    readonly reauthentication: Reauthentication;
  },
): void {
  const { guards, cookies, authResponder, oauthFlow, providerSignIn, links, reauthentication } = deps;
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
