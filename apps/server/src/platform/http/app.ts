import { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { fail } from "../errors.ts";
import type { Log } from "../log.ts";
import { type EndpointLimitsDeps, limitEndpoints } from "./endpoint-limits.ts";
import { answerError, refuseInvalid } from "./errors.ts";
import type { HttpEnv } from "./http-env.ts";
import type { HttpPolicyName } from "./http-policy.ts";
import { applyPolicy, RoutePolicies } from "./route-policies.ts";

export type HttpApp = OpenAPIHono<HttpEnv> & {
  /** Registers routes: the policy holds for all that `register` adds. */
  under(policy: HttpPolicyName, register: () => void): void;
  readonly policies: RoutePolicies;
};

export type HttpAppDeps = {
  readonly log: Log;
  readonly newId: () => string;
  /** Sees every request and what came of it, those refused by a limit too. */
  readonly observe?: MiddlewareHandler<HttpEnv>;
  /** Counts requests before anything else looks at them; no limits if left out. */
  readonly limits?: EndpointLimitsDeps;
};

/** An application with what all routes share: request ids, a policy each, one shape of errors at every layer. */
export function createHttpApp({ log, newId, observe, limits: counted }: HttpAppDeps): HttpApp {
  const policies = new RoutePolicies();
  const app: HttpApp = Object.assign(new OpenAPIHono<HttpEnv>({ defaultHook: refuseInvalid }), {
    policies,
    under(policy: HttpPolicyName, register: () => void) {
      const before = app.routes.length;
      register();
      policies.assign(policy, app.routes.slice(before));
    },
  });
  app.use(policies.find());
  app.use(async (context, next) => {
    context.set("requestId", newId());
    await next();
    context.res.headers.set("x-request-id", context.get("requestId"));
  });
  if (observe) app.use(observe);
  if (counted) app.use(limitEndpoints(counted));
  app.use(applyPolicy());
  app.onError((error, context) => answerError(error, context, log));
  app.notFound((context) => {
    const methods = listMethods(app, context.req.path);
    if (methods.length === 0) return answerError(fail("route.not_found"), context, log);
    const response = answerError(fail("route.method_not_allowed"), context, log);
    response.headers.set("allow", methods.join(", "));
    return response;
  });
  return app;
}

/** The methods that routes of the API have for a path. */
function listMethods(app: HttpApp, path: string): string[] {
  const methods = app.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== "route") return [];
    const pattern = definition.route.path.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{\w+\}/g, "[^/]+");
    return new RegExp(`^${pattern}$`).test(path) ? [definition.route.method.toUpperCase()] : [];
  });
  return [...new Set(methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])))];
}
