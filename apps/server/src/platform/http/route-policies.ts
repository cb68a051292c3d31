import type { MiddlewareHandler } from "hono";
import { endpointOf, nameOf } from "./endpoint-limits.ts";
import type { HttpEnv } from "./http-env.ts";
import { fallbackPolicy, type HttpPolicyName, httpPolicies } from "./http-policy.ts";
import { takeBody } from "./request-body.ts";

type Routes = readonly { readonly method: string; readonly path: string }[];

/** Which policy holds for which route: for each of them exactly one, named where the route is registered. */
export class RoutePolicies {
  readonly #byRoute = new Map<string, HttpPolicyName[]>();

  /** Names a policy for routes that were just registered. */
  assign(policy: HttpPolicyName, routes: Routes): void {
    for (const route of namesOf(routes)) this.#byRoute.set(route, [...(this.#byRoute.get(route) ?? []), policy]);
  }

  /** Each route with its policies, in the order of registration. */
  list(routes: Routes): [route: string, policies: readonly HttpPolicyName[]][] {
    return namesOf(routes).map((route) => [route, this.#byRoute.get(route) ?? []]);
  }

  /** Routes without a policy, or with more than one. */
  listFaults(routes: Routes): string[] {
    const faults = this.list(routes).filter(([, policies]) => policies.length !== 1);
    return faults.map(([route, policies]) => `${route} (${policies.join(", ") || "none"})`);
  }

  /** Finds the policy of a request before anything may refuse it, so that refusals carry its headers too. */
  find(): MiddlewareHandler<HttpEnv> {
    return (context, next) => {
      const policy = this.#byRoute.get(endpointOf(context))?.[0] ?? fallbackPolicy;
      context.set("policy", policy);
      // There is no open port behind a request that a test makes up.
      if (context.env) context.env.policy = policy;
      return next();
    };
  }
}

/** Applies to a request what its policy says of it, before its route sees it. */
export function applyPolicy(): MiddlewareHandler<HttpEnv> {
  const bodies = Object.fromEntries(
    Object.entries(httpPolicies).map(([name, policy]) => [name, takeBody(policy)]),
  ) as Record<HttpPolicyName, MiddlewareHandler<HttpEnv>>;
  return (context, next) => {
    const policy = context.get("policy");
    const { hasCookies, isStreamed } = httpPolicies[policy];
    if (!hasCookies) context.req.raw.headers.delete("cookie");
    if (isStreamed) context.env?.allowPauses();
    return bodies[policy](context, next);
  };
}

function namesOf(routes: Routes): string[] {
  return [...new Set(routes.filter(({ method }) => method !== "ALL").map(nameOf))];
}
