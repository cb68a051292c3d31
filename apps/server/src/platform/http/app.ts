import { OpenAPIHono } from "@hono/zod-openapi";
import { limits } from "@maru/protocol";
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { fail } from "../errors.ts";
import type { Log } from "../log.ts";
import { type EndpointLimitsDeps, limitEndpoints } from "./endpoint-limits.ts";
import { answerError, refuseInvalid } from "./errors.ts";
import type { HttpEnv } from "./http-env.ts";

export type HttpApp = OpenAPIHono<HttpEnv>;

export type HttpAppDeps = {
  readonly log: Log;
  readonly newId: () => string;
  /** Sees every request and what came of it, those refused by a limit too. */
  readonly observe?: MiddlewareHandler<HttpEnv>;
  /** Counts requests before anything else looks at them; no limits if left out. */
  readonly limits?: EndpointLimitsDeps;
};

/** An application with what all routes share: request ids, body limit, one shape of errors at every layer. */
export function createHttpApp({ log, newId, observe, limits: counted }: HttpAppDeps): HttpApp {
  const app = new OpenAPIHono<HttpEnv>({ defaultHook: refuseInvalid });
  app.use(async (context, next) => {
    context.set("requestId", newId());
    await next();
    context.res.headers.set("x-request-id", context.get("requestId"));
  });
  if (observe) app.use(observe);
  if (counted) app.use(limitEndpoints(counted));
  app.use(
    bodyLimit({
      maxSize: limits.bodyBytes,
      onError: () => {
        throw fail("request.too_large");
      },
    }),
  );
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
