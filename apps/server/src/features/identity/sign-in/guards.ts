import { csrfHeader } from "@maru/protocol";
import type { Context, MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import { fail } from "../../../platform/errors.ts";
import type { HttpEnv } from "../../../platform/http/http-env.ts";
import type { AccessRight } from "../sessions/access-tokens.ts";

/** What {@link createRequireAccount} leaves with a request. */
export type AccountEnv = HttpEnv & { Variables: { right: AccessRight } };

/** Checks access tokens; the port through which routes and the gateway learn who is there. */
export type Authenticator = { authenticate(token: string): Promise<AccessRight> };

/** Lets a request pass that carries a good access token; 401 sends a client to refresh, 403 signs it out. */
export function createRequireAccount(authenticator: Authenticator): MiddlewareHandler<AccountEnv> {
  return createMiddleware<AccountEnv>(async (context, next) => {
    const header = context.req.header("authorization") ?? "";
    if (header === "") throw fail("auth.required");
    const token = /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(header)?.[1];
    if (token === undefined) throw fail("auth.invalid");
    const right = await authenticator.authenticate(token);
    context.set("right", right);
    context.get("countAccount")?.(right.accountId);
    // What is answered here is for one person.
    context.header("cache-control", "no-store");
    await next();
  });
}

/** What {@link createAllowAccount} leaves with a request: nothing, where nobody said who they are. */
export type GuestEnv = HttpEnv & { Variables: { right?: AccessRight } };

/** Lets a request pass without an access token; one that is there has to be good. */
export function createAllowAccount(requireAccount: MiddlewareHandler<AccountEnv>): MiddlewareHandler<GuestEnv> {
  return createMiddleware<GuestEnv>((context, next) =>
    context.req.header("authorization") === undefined
      ? next()
      : requireAccount(context as unknown as Context<AccountEnv>, next),
  );
}

/**
 * Lets only pages of ours, and programs, act with a cookie's authority.
 *
 * A foreign page cannot set the header without a preflight that nobody answers; if a browser is at work, it names
 * the page's origin besides, and that has to be one of ours. Programs name none.
 */
export function createRequireOwnPage(
  allowsOrigin: (origin: string, request: Request) => boolean,
): MiddlewareHandler<HttpEnv> {
  return createMiddleware<HttpEnv>(async (context, next) => {
    const origin = context.req.header("origin");
    if (origin !== undefined && !allowsOrigin(origin, context.req.raw)) throw fail("request.forbidden_origin");
    if (!context.req.header(csrfHeader)) throw fail("request.forbidden_origin");
    const site = context.req.header("sec-fetch-site");
    if (site !== undefined && site !== "same-origin" && origin === undefined) throw fail("request.forbidden_origin");
    context.header("cache-control", "no-store");
    await next();
  });
}

/** Refuses a body that is not JSON: what a plain HTML form can send is not even read. */
export const requireJson: MiddlewareHandler<HttpEnv> = createMiddleware<HttpEnv>(async (context, next) => {
  const type = (context.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json")
    throw fail("request.invalid", {}, { fields: [{ path: "content-type", code: "invalid_value" }] });
  await next();
});
