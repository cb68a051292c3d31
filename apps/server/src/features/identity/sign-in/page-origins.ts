import type { Context } from "hono";

const settled = "pageOrigin";

/** An origin as a header names it, or null: `null`, a path or nonsense is none. */
function readOrigin(text: string | undefined): string | null {
  if (text === undefined || !URL.canParse(text)) return null;
  const { origin, protocol } = new URL(text);
  return protocol === "http:" || protocol === "https:" ? origin : null;
}

/**
 * Returns the origin of the page that a request comes from.
 *
 * A browser names it in `Origin`, but not when a page only reads (GET): there the page's address in `Referer` says it, or
 * else the host that was asked, which has to be one of ours. A program that names nothing is taken for the installation's
 * own page. What a header says is believed only where it changes nothing but the names of the requester's own cookies.
 */
export function createPageOrigins(publicOrigin: string, allowsOrigin: (origin: string, request: Request) => boolean) {
  /** The origins that the page may have, the likeliest first; more than one where http and https share a host. */
  function listFor(context: Context): string[] {
    const known = context.get(settled) as string | undefined;
    if (known !== undefined) return [known];
    const isOurs = (origin: string) => allowsOrigin(origin, context.req.raw);
    const named = readOrigin(context.req.header("origin")) ?? readOrigin(context.req.header("referer"));
    if (named !== null && isOurs(named)) return [named];
    const host = context.req.header("host") ?? "";
    const byHost = ["https", "http"].flatMap((scheme) => readOrigin(`${scheme}://${host}`) ?? []).filter(isOurs);
    return byHost.length > 0 ? byHost : [publicOrigin];
  }

  return {
    listFor,
    of: (context: Context): string => listFor(context)[0] ?? publicOrigin,
    /** Fixes the page's origin for the rest of a request, where something else than its headers named it. */
    settle(context: Context, origin: string): void {
      context.set(settled, origin);
    },
  };
}
