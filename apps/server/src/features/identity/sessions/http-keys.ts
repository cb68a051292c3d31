import { createRoute } from "@hono/zod-openapi";
import { httpPaths, jwksSchema } from "@maru/protocol";
import type { HttpApp } from "../../../platform/http/app.ts";
import { answers, type RouteGuards } from "../http-contract.ts";
import type { KeySet } from "./keys.ts";

/** How long others may go on without looking for new keys: shorter than it takes to announce one. */
const cacheSeconds = 300;

/** Registers the public keys with which other services check our access tokens. */
export function registerKeyRoutes(
  app: HttpApp,
  deps: { readonly guards: RouteGuards; readonly publicJwks: KeySet["publicJwks"] },
): void {
  app.openapi(
    createRoute({
      method: "get",
      path: httpPaths.jwks,
      summary: "Tells the public keys of access tokens, as a JWK set (RFC 7517).",
      responses: answers(jwksSchema),
    }),
    (context) => {
      context.header("cache-control", `public, max-age=${cacheSeconds}`);
      return context.json(deps.publicJwks as never, 200);
    },
  );
}
