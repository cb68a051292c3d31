import { isIP } from "node:net";

export type OriginRules = {
  /** Origins that the operator listed. */
  readonly listed: readonly string[];
  /** Accept a page from the very address it was opened under, if that is an IP address or localhost. */
  readonly acceptsOwnAddress: boolean;
};

/**
 * Whether a page of this origin may act here. Exact matches only: `null`, look-alike prefixes and foreign pages
 * fail. A name that merely points here is not enough, since anybody can make a name point anywhere (DNS rebinding); an
 * IP address or localhost in the address bar is.
 */
export function isOriginAllowed(origin: string, request: Request, rules: OriginRules): boolean {
  if (rules.listed.includes(origin)) return true;
  if (!rules.acceptsOwnAddress || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  if (url.origin !== origin || url.protocol !== "http:") return false;
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return (isIP(hostname) !== 0 || hostname === "localhost") && url.host === request.headers.get("host");
}
