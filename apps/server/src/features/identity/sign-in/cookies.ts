import { limits, signedInMark } from "@maru/protocol";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { createPageOrigins } from "./page-origins.ts";

/**
 * A secret that a browser keeps for us. Scripts never see it, other sites never make a browser send it, and on https its
 * name keeps every other host, subdomains included, from planting one (`__Host-`).
 */
export type SecretCookie = {
  read(context: Context): string | null;
  write(context: Context, secret: string): void;
  clear(context: Context): void;
};

/** A secret whose cookie was called otherwise before names carried ports; whoever has it there stays known. */
export type RenamedCookie = SecretCookie & {
  /** The cookie under its former name. It may be another installation's, so it is cleared only once it proved ours. */
  readonly former: Pick<SecretCookie, "read" | "clear">;
};

/** Secrets of which a browser keeps several, one for each flow that it has begun. */
export type FlowCookies = {
  /** Reads the secret of a flow as the page at `origin` was given it. */
  read(context: Context, flowId: string, origin: string): string | null;
  write(context: Context, flowId: string, secret: string): void;
  clear(context: Context, flowId: string): void;
};

export type SecretCookies = ReturnType<typeof createSecretCookies>;

const dayMs = 86_400_000;
const flowLifeMs = 15 * 60_000;
/** Flows that a browser may have under way; the oldest one makes room for the next. */
const maxFlows = 8;

/** Calls a cookie by the port of its page's origin: browsers keep one jar for all ports of a host. */
function nameFor(name: string, origin: string): string {
  const { port, protocol } = new URL(origin);
  const ofPort = port === "" ? name : `${name}_${port}`;
  return protocol === "https:" ? `__Host-${ofPort}` : ofPort;
}

/**
 * Names cookies by the origin of the page that asks, so that two installations on one host, or one under two origins, keep
 * apart what is theirs. On https the plain cookie is not even read: a subdomain could have set it.
 */
export function createSecretCookies(
  publicOrigin: string,
  allowsOrigin: (origin: string, request: Request) => boolean = (origin) => origin === publicOrigin,
) {
  const pages = createPageOrigins(publicOrigin, allowsOrigin);

  const optionsFor = (origin: string, sameSite: "Strict" | "Lax") =>
    ({ path: "/", httpOnly: true, sameSite, secure: origin.startsWith("https://") }) as const;

  function create(name: string, lifeMs: number, sameSite: "Strict" | "Lax"): SecretCookie {
    return {
      read(context) {
        for (const origin of pages.listFor(context)) {
          const secret = getCookie(context, nameFor(name, origin));
          if (secret !== undefined) return secret;
        }
        return null;
      },
      write(context, secret) {
        const origin = pages.of(context);
        const options = { ...optionsFor(origin, sameSite), maxAge: lifeMs / 1_000 };
        setCookie(context, nameFor(name, origin), secret, options);
      },
      clear(context) {
        for (const origin of pages.listFor(context)) {
          deleteCookie(context, nameFor(name, origin), optionsFor(origin, sameSite));
        }
      },
    };
  }

  function createRenamed(name: string, lifeMs: number): RenamedCookie {
    const formerName = (origin: string) => (origin.startsWith("https://") ? `__Host-${name}` : name);
    return {
      ...create(name, lifeMs, "Strict"),
      former: {
        read(context) {
          const origin = pages.of(context);
          return nameFor(name, origin) === formerName(origin) ? null : (getCookie(context, formerName(origin)) ?? null);
        },
        clear(context) {
          const origin = pages.of(context);
          deleteCookie(context, formerName(origin), optionsFor(origin, "Strict"));
        },
      },
    };
  }

  function createFlows(name: string): FlowCookies {
    return {
      read: (context, flowId, origin) => getCookie(context, `${nameFor(name, origin)}_${flowId}`) ?? null,
      write(context, flowId, secret) {
        const origin = pages.of(context);
        const prefix = `${nameFor(name, origin)}_`;
        // Browsers send what is older first (RFC 6265, 5.4).
        const isFlow = (key: string) => key.startsWith(prefix) && /^[0-9a-f]{16}$/.test(key.slice(prefix.length));
        const underWay = Object.keys(getCookie(context)).filter(isFlow);
        for (const key of underWay.slice(0, Math.max(0, underWay.length - maxFlows + 1))) {
          deleteCookie(context, key, optionsFor(origin, "Lax"));
        }
        // Lax: the browser comes back from a provider's page.
        const options = { ...optionsFor(origin, "Lax"), maxAge: flowLifeMs / 1_000 };
        setCookie(context, `${prefix}${flowId}`, secret, options);
      },
      clear(context, flowId) {
        const origin = pages.of(context);
        deleteCookie(context, `${nameFor(name, origin)}_${flowId}`, optionsFor(origin, "Lax"));
      },
    };
  }

  /**
   * Sets a mark beside a secret, for scripts to see that there is one: a page without it need not ask who is there. It opens
   * nothing, and is not read here.
   */
  function withMark(cookie: RenamedCookie): RenamedCookie {
    const options = (origin: string) => ({ ...optionsFor(origin, "Strict"), httpOnly: false });
    return {
      ...cookie,
      write(context, secret) {
        cookie.write(context, secret);
        const origin = pages.of(context);
        const maxAge = limits.refreshTokenMs / 1_000;
        setCookie(context, nameFor(signedInMark, origin), "yes", { ...options(origin), maxAge });
      },
      clear(context) {
        cookie.clear(context);
        for (const origin of pages.listFor(context)) {
          deleteCookie(context, nameFor(signedInMark, origin), options(origin));
        }
      },
    };
  }

  return {
    /** The origin of the page that asks; see {@link createPageOrigins}. */
    pageOriginOf: pages.of,
    settlePageOrigin: pages.settle,
    /** Keeps a device signed in. */
    refresh: withMark(createRenamed("maru_refresh", limits.refreshTokenMs)),
    /** What is left to do before the browser is signed in. */
    step: create("maru_step", 15 * 60_000, "Strict"),
    /** The sign-ins through providers that the browser has begun. */
    providers: createFlows("maru_provider"),
    /** By which a browser is known again, signed in or not. */
    device: createRenamed("maru_device", 400 * dayMs),
  };
}
