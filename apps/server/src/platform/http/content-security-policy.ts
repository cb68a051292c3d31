/** Where the parts of a page may come from, besides the page's own origin. */
export type PageSources = {
  /** The Host that the page was asked from. */
  readonly host: string;
  /** Origins that may show the page in a frame. */
  readonly framedBy: readonly string[];
  /** Origins of a service whose scripts, frames and answers the page needs. */
  readonly trusted: readonly string[];
};

/** What a name, an IP address and a port are made of; a Host may hold more, such as a semicolon, which would end a rule. */
const plainHost = /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i;
const list = (origins: readonly string[]) => origins.map((origin) => ` ${origin}`).join("");

/** No inline script, nothing from elsewhere that is not named. Styles set by script are inline by nature. */
export function pageOf({ host, framedBy, trusted }: PageSources): string {
  // Not every browser takes a socket to the page's own host for 'self'.
  const sockets = plainHost.test(host) ? ` ws://${host} wss://${host}` : "";
  const others = list(trusted);
  const frames = others === "" ? "" : `frame-src 'self'${others}; `;
  return (
    `default-src 'self'; script-src 'self'${others}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:${others}; ` +
    `font-src 'self'; connect-src 'self'${sockets}${others}; ${frames}worker-src 'self'; manifest-src 'self'; ` +
    `object-src 'none'; base-uri 'none'; form-action 'self'${others}; frame-ancestors${list(framedBy) || " 'none'"}`
  );
}

/** A document without an origin, which runs nothing and loads nothing but its own pictures, sounds and styles. */
export function inertDocument(): string {
  return "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'";
}
