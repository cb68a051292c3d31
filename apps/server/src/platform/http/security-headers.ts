const always: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "strict-origin-when-cross-origin",
  "permissions-policy": "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(self)",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** What a name, an IP address and a port are made of; a Host may hold more, such as a semicolon, which would end a rule. */
const plainHost = /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i;

/** No inline script, nothing from elsewhere, framed by nobody. Styles set by script are inline by nature. */
function contentSecurityPolicy(host: string): string {
  // Not every browser takes a socket to the page's own host for 'self'.
  const sockets = plainHost.test(host) ? ` ws://${host} wss://${host}` : "";
  return (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
    `font-src 'self'; connect-src 'self'${sockets}; worker-src 'self'; manifest-src 'self'; ` +
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
  );
}

/** Adds what every answer carries, refusals and faults included. */
export function addSecurityHeaders(headers: Headers, request: Request, isSecure: boolean): void {
  headers.set("content-security-policy", contentSecurityPolicy(request.headers.get("host") ?? ""));
  for (const name in always) headers.set(name, always[name] as string);
  if (isSecure) headers.set("strict-transport-security", "max-age=31536000; includeSubDomains");
}
