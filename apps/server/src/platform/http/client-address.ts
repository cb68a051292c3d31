import { isIP } from "node:net";
import type { Server } from "bun";

/**
 * Tells the client's address: of the socket, or behind the operator's own proxy the last one that the proxy added.
 * Earlier ones come from the client and may say anything.
 */
export function addressOf(request: Request, server: Server<unknown> | null, trustsProxy: boolean): string {
  if (trustsProxy) {
    const last = request.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim();
    if (last && isIP(last) !== 0) return last;
  }
  return server?.requestIP(request)?.address ?? "unknown";
}

/** Says whether the client speaks https with us or with the operator's proxy. */
export function isSecure(request: Request, trustsProxy: boolean): boolean {
  if (trustsProxy) {
    const scheme = request.headers.get("x-forwarded-proto")?.split(",").at(-1)?.trim();
    if (scheme) return scheme === "https";
  }
  return request.url.startsWith("https:");
}

/**
 * Says whether a request comes from this machine, and was meant for it: a page elsewhere can make its name point here,
 * but cannot make a browser say `localhost` (DNS rebinding).
 */
export function isOwnMachine(request: Request, address: string): boolean {
  const hostname = new URL(request.url).hostname;
  const isLocalName = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  return isLocalName && ["127.0.0.1", "::1", "::ffff:127.0.0.1"].includes(address);
}
