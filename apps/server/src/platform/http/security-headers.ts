import type { Exchange } from "./exchange.ts";
import { httpPolicies } from "./http-policy.ts";

/** Adds what every answer carries, refusals and faults included, as the policy of its route says. */
export function addSecurityHeaders(headers: Headers, request: Request, exchange: Exchange, isSecure: boolean): void {
  const policy = httpPolicies[exchange.policy];
  const trusted = policy.sources === "named" ? exchange.trusted : [];
  const framedBy = policy.frames === "named" ? exchange.framedBy : [];
  const host = request.headers.get("host") ?? "";
  headers.set("content-security-policy", policy.contentSecurity({ host, framedBy, trusted }));
  headers.set("x-content-type-options", "nosniff");
  // It knows no list; where some may frame the page, frame-ancestors alone says who.
  if (framedBy.length === 0) headers.set("x-frame-options", "DENY");
  else headers.delete("x-frame-options");
  headers.set("referrer-policy", policy.referrerPolicy);
  headers.set(
    "permissions-policy",
    "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(self)",
  );
  headers.set("cross-origin-opener-policy", policy.openerPolicy);
  headers.set("cross-origin-resource-policy", policy.resourcePolicy);
  if (isSecure) headers.set("strict-transport-security", "max-age=31536000; includeSubDomains");
}
