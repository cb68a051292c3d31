import type { Hook } from "@hono/zod-openapi";
import type { FieldFault } from "@maru/protocol";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { describeDatabaseFault } from "../db/faults.ts";
import { fail, MaruError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { HttpEnv } from "./http-env.ts";
import { localeOf } from "./locale.ts";

/** Turns whatever was thrown into the one shape of an error. What is not of the catalogue is logged and not sent. */
export function answerError(error: unknown, context: Context<HttpEnv>, log: Log): Response {
  const known = toMaruError(error) ?? (isClientGone(error, context.req.raw) ? fail("request.invalid") : null);
  const requestId = context.get("requestId");
  if (!known || known.code === "server.internal") {
    log.error("A request failed.", { requestId, method: context.req.method, path: context.req.path, error });
  }
  const answer = known ?? fail("server.internal");
  const response = context.json({ error: answer.toBody(localeOf(context.req.raw), requestId) }, answer.status as 500);
  if (answer.retryAfterMs !== undefined) {
    response.headers.set("retry-after", String(Math.max(1, Math.ceil(answer.retryAfterMs / 1000))));
  }
  if (answer.status === 401) response.headers.set("www-authenticate", "Bearer");
  response.headers.set("cache-control", "no-store");
  return response;
}

/** Whether a request failed because its client went away in the middle of it. That is no fault, and nobody listens. */
function isClientGone(error: unknown, request: Request): boolean {
  return error instanceof Error && error.name === "AbortError" && request.signal.aborted;
}

function toMaruError(error: unknown): MaruError | null {
  if (error instanceof MaruError) return error;
  if (error instanceof HTTPException) {
    return error.status === 413 ? fail("request.too_large") : error.status < 500 ? fail("request.invalid") : null;
  }
  return describeDatabaseFault(error);
}

/** What a route's validator says of wrong input: each wrong field by name. */
export const refuseInvalid: Hook<unknown, HttpEnv, string, unknown> = (result) => {
  if (result.success) return;
  const fields: FieldFault[] = result.error.issues.map((issue) => ({
    path: issue.path.join("."),
    code: issue.code ?? "invalid",
  }));
  throw fail("request.invalid", undefined, { fields: fields.slice(0, 20) });
};
