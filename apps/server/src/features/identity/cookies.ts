import { limits } from "@maru/protocol";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";

/**
 * A secret that a browser keeps for us. Scripts never see it, other sites never make a browser send it, and on https its
 * name keeps every other host, subdomains included, from planting one (`__Host-`).
 */
export type SecretCookie = {
  read(context: Context): string | null;
  write(context: Context, secret: string): void;
  clear(context: Context): void;
};

export type SecretCookies = ReturnType<typeof createSecretCookies>;

const dayMs = 86_400_000;

/**
 * Which of the two names of a cookie counts is decided by the page's own origin, as the browser names it; without one (a
 * program, or a page that is only opened) by the installation's. On https the plain cookie is not even read: a
 * subdomain could have set it.
 */
export function createSecretCookies(publicOrigin: string) {
  const isSecure = (context: Context) => (context.req.header("origin") ?? publicOrigin).startsWith("https://");

  function create(name: string, lifeMs: number, sameSite: "Strict" | "Lax"): SecretCookie {
    const nameFor = (context: Context) => (isSecure(context) ? `__Host-${name}` : name);
    const optionsFor = (context: Context) =>
      ({ path: "/", httpOnly: true, sameSite, secure: isSecure(context) }) as const;
    return {
      read: (context) => getCookie(context, nameFor(context)) ?? null,
      write(context, secret) {
        setCookie(context, nameFor(context), secret, { ...optionsFor(context), maxAge: lifeMs / 1_000 });
      },
      clear: (context) => void deleteCookie(context, nameFor(context), optionsFor(context)),
    };
  }

  return {
    /** Keeps a device signed in. */
    refresh: create("maru_refresh", limits.refreshTokenMs, "Strict"),
    /** What is left to do before the browser is signed in. */
    step: create("maru_step", 15 * 60_000, "Strict"),
    /** Lax: the browser comes back from a provider's page. */
    provider: create("maru_provider", 15 * 60_000, "Lax"),
    /** By which a browser is known again, signed in or not. */
    device: create("maru_device", 400 * dayMs, "Strict"),
  };
}
