/** What a Host may be made of: a name, an IP address, a port (RFC 3986, 3.2.2, without what is only for other schemes). */
const hostPattern = /^([\w.~!$&'()*+,;=%-]+|\[[\da-fA-F:.]+\])(:\d{0,5})?$/;

/** Stands for the host of a request that names none, as HTTP/1.0 allows; it leads nowhere and belongs to no origin. */
const namelessHost = "host.invalid";

/**
 * Gives a request a whole address to be routed by. The runtime hands over the request line as it came: without a Host, or
 * with one that is none, `request.url` is a path alone, and everything that parses it would fail. Null when the request
 * line or the Host is nonsense.
 *
 * A request that names no host comes back as a copy of itself, which the runtime does not know any more.
 */
export function withWholeAddress(request: Request): Request | null {
  const host = request.headers.get("host") ?? "";
  if (host !== "" && !hostPattern.test(host)) return null;
  if (/^https?:\/\//.test(request.url)) return URL.canParse(request.url) ? request : null;
  const address = `http://${namelessHost}${request.url}`;
  if (host !== "" || !request.url.startsWith("/") || !URL.canParse(address)) return null;
  try {
    return new Request(address, request);
  } catch {
    // A method that programs cannot send, such as TRACE.
    return null;
  }
}
