import { createRoute } from "@hono/zod-openapi";
import { httpPaths } from "@maru/protocol";
import { MaruError } from "../../../platform/errors.ts";
import type { HttpApp } from "../../../platform/http/app.ts";
import type { Log } from "../../../platform/log.ts";
import { noteSecurity } from "../security-log/security-log.ts";
import type { AuthResponder } from "../sign-in/auth-response.ts";
import type { SecretCookies } from "../sign-in/cookies.ts";
import { providerId } from "./http-providers.ts";
import type { OAuthFlow } from "./oauth-flow.ts";
import type { ProviderLinks } from "./provider-links.ts";
import type { ProviderSignIn } from "./provider-sign-in.ts";

/** Registers where providers send browsers back to; its address holds their code, and its policy tells nobody of it. */
export function registerProviderCallback(
  app: HttpApp,
  deps: {
    readonly log: Log;
    readonly cookies: SecretCookies;
    readonly authResponder: AuthResponder;
    readonly oauthFlow: OAuthFlow;
    readonly providerSignIn: ProviderSignIn;
    readonly links: ProviderLinks;
  },
): void {
  const { log, cookies, authResponder, oauthFlow, providerSignIn, links } = deps;

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
}

/** The place with the fault that the page there is to show. */
function addFault(path: string, code: string): string {
  const [place = "/", hash] = path.split("#", 2);
  return `${place}${place.includes("?") ? "&" : "?"}fault=${code}${hash === undefined ? "" : `#${hash}`}`;
}
