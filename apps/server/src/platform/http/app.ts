import { OpenAPIHono } from "@hono/zod-openapi";
import { limits } from "@maru/protocol";
import { bodyLimit } from "hono/body-limit";
import { fail } from "../errors.ts";
import type { Log } from "../log.ts";
import { answerError, refuseInvalid } from "./errors.ts";
import type { HttpEnv } from "./http-env.ts";
import { securityHeaders } from "./security-headers.ts";

export type HttpApp = OpenAPIHono<HttpEnv>;

export type HttpAppDeps = {
  readonly log: Log;
  readonly newId: () => string;
  readonly trustsProxy: boolean;
};

/** An application with what all routes share: request ids, headers, body limit, one shape of errors at every layer. */
export function createHttpApp({ log, newId, trustsProxy }: HttpAppDeps): HttpApp {
  const app = new OpenAPIHono<HttpEnv>({ defaultHook: refuseInvalid });
  app.use(async (context, next) => {
    context.set("requestId", newId());
    await next();
    context.res.headers.set("x-request-id", context.get("requestId"));
  });
  app.use(securityHeaders(trustsProxy));
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
    const isOtherMethod = knowsPath(app, context.req.path);
    return answerError(fail(isOtherMethod ? "route.method_not_allowed" : "route.not_found"), context, log);
  });
  return app;
}

/** Says whether some route of the API has this path, whatever its method. */
function knowsPath(app: HttpApp, path: string): boolean {
  return app.openAPIRegistry.definitions.some((definition) => {
    if (definition.type !== "route") return false;
    const pattern = definition.route.path.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{\w+\}/g, "[^/]+");
    return new RegExp(`^${pattern}$`).test(path);
  });
}
