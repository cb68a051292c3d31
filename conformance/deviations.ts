/** Where the server departs from the RFC, by the name of the case, and why it is left so. */
export const knownDeviations: Readonly<Record<string, string>> = {
  "handshake.http-1-0":
    "Bun.serve does not tell the HTTP version of a request. Harmless: whoever sends the headers of an upgrade speaks WebSocket",
};
