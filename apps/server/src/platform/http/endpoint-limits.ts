import {
  fallbackEndpoint,
  httpEndpoints,
  listNodeLimits,
  type NodeRateLimitName,
  nodeRateLimits,
} from "@maru/protocol";
import type { Context, MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import { matchedRoutes } from "hono/route";
import type { NodeLimits } from "../node-limits.ts";
import type { HttpEnv } from "./http-env.ts";

export type EndpointLimitsDeps = {
  readonly limits: NodeLimits;
  /** What counts as the address that a request comes from. */
  readonly addressOf: (context: Context<HttpEnv>) => string;
  /** The browser that a request comes from, where it shows that it has been signed in before; else null. */
  readonly deviceOf: (context: Context<HttpEnv>) => string | null;
};

/** The route that answers a request, as the table of endpoints names it. */
export function endpointOf(context: Context<HttpEnv>): string {
  const route = matchedRoutes(context).findLast(({ method }) => method !== "ALL");
  return route ? nameOf(route) : fallbackEndpoint;
}

/** Routes of an application that the table of endpoints does not name; each would be a door without a limit. */
export function listUnnamedRoutes(app: { readonly routes: readonly { method: string; path: string }[] }): string[] {
  const names = app.routes.filter(({ method }) => method !== "ALL").map(nameOf);
  return [...new Set(names)].filter((name) => !Object.hasOwn(httpEndpoints, name));
}

/** Names a route as the table of endpoints does: `METHOD /path/{parameter}`. */
export function nameOf({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`;
}

/**
 * Counts each request by the limits that the table of endpoints names for its route, before anything else looks at it.
 * What is counted by account is counted where the account is known: the request carries `countAccount` there.
 */
export function limitEndpoints({ limits, addressOf, deviceOf }: EndpointLimitsDeps): MiddlewareHandler<HttpEnv> {
  return createMiddleware<HttpEnv>(async (context, next) => {
    const endpoint = httpEndpoints[endpointOf(context)] ?? httpEndpoints[fallbackEndpoint];
    const byAccount: NodeRateLimitName[] = [];
    for (const name of listNodeLimits(endpoint?.limits ?? [])) {
      const { per } = nodeRateLimits[name];
      const device = per === "device" ? deviceOf(context) : null;
      if (per === "account") byAccount.push(name);
      else if (device === null) limits.require(name, addressOf(context));
      else limits.requireOfDevice(name, device, addressOf(context));
    }
    context.set("countAccount", (accountId) => {
      for (const name of byAccount) limits.require(name, accountId);
    });
    await next();
  });
}
