import { limits } from "@maru/protocol";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";

/**
 * The cookie that keeps a device signed in. Scripts never see it, other sites never make a browser send it, and on
 * https its name keeps every other host, subdomains included, from planting one (`__Host-`).
 */
export type RefreshCookie = {
  read(context: Context): string | null;
  write(context: Context, token: string): void;
  clear(context: Context): void;
};

/**
 * Which of the two cookies counts is decided by the page's own origin, as the browser names it; without one (a program,
 * not a browser) by the installation's. On https the plain cookie is not even read: a subdomain could have set it.
 */
export function createRefreshCookie(publicOrigin: string): RefreshCookie {
  const isSecure = (context: Context) => (context.req.header("origin") ?? publicOrigin).startsWith("https://");
  const nameFor = (context: Context) => (isSecure(context) ? "__Host-maru_refresh" : "maru_refresh");
  const optionsFor = (context: Context) =>
    ({ path: "/", httpOnly: true, sameSite: "Strict", secure: isSecure(context) }) as const;

  return {
    read: (context) => getCookie(context, nameFor(context)) ?? null,
    write(context, token) {
      setCookie(context, nameFor(context), token, { ...optionsFor(context), maxAge: limits.refreshTokenMs / 1_000 });
    },
    clear: (context) => void deleteCookie(context, nameFor(context), optionsFor(context)),
  };
}
