import type { Server, WebSocketHandler } from "bun";
import { fail, type MaruError } from "../errors.ts";
import type { Log } from "../log.ts";
import { StartError } from "../start-error.ts";
import type { ClientReader } from "./client-address.ts";
import { type Exchange, newExchange } from "./exchange.ts";
import { httpPolicies } from "./http-policy.ts";
import { localeOf } from "./locale.ts";
import { withWholeAddress } from "./request-target.ts";
import { addSecurityHeaders } from "./security-headers.ts";

export type ListenOptions<T> = {
  readonly port: number;
  readonly hostname: string;
  /** Answers a request whose address is whole. `server` is what may take over its socket. */
  readonly fetch: (request: Request, exchange: Exchange, server: Server<T> | null) => Answer | Promise<Answer>;
  readonly websocket: WebSocketHandler<T>;
  readonly clients: ClientReader;
  readonly log?: Log;
  /** Gets each of the runtime's servers: one at the start, one more after each pause. */
  readonly onServer?: (server: Server<T>) => void;
  /** The runtime's own; a test may give another. */
  readonly serve?: typeof Bun.serve<T>;
};

type Answer = Response | undefined;

/** An open port. Whoever is connected stays so while it is paused; who comes meanwhile is refused by the system. */
export type Listener = {
  readonly port: number;
  /** Closes the port and all connections on which nothing is under way, but not sockets. */
  pause(): void;
  /** Opens the same port again; false when that is not possible just now. */
  resume(): boolean;
  /** Closes everything at once. */
  stop(): Promise<void>;
};

/** Far above our own limit of bodies, so that a too large one gets our answer rather than an empty one. */
const nativeBodyBytes = 1_073_741_824;

/** Opens the port; throws in words when that is not to be. */
export function listen<T>(options: ListenOptions<T>): Listener {
  const { hostname, clients, log, serve = Bun.serve<T> } = options;

  async function answer(request: Request, exchange: Exchange, server: Server<T>): Promise<Answer> {
    try {
      const whole = withWholeAddress(request);
      if (!whole) return refuse(request, fail("request.invalid"));
      return await options.fetch(whole, exchange, whole === request ? server : null);
    } catch (error) {
      log?.error("A request failed before it had a route.", { method: request.method, error });
      return refuse(request, fail("server.internal"));
    }
  }

  /** Puts on an answer what the policy of its route says. */
  function finish(response: Response, request: Request, exchange: Exchange, server: Server<T>): Response {
    const { headers } = response;
    addSecurityHeaders(headers, request, exchange, clients.isSecure(request, server));
    if (!httpPolicies[exchange.policy].hasCookies && headers.has("set-cookie")) {
      headers.delete("set-cookie");
      log?.error("A cookie was not sent: the policy of its route has none.", { policy: exchange.policy });
    }
    return response;
  }

  function open(port: number): Server<T> {
    const server = serve({
      port,
      hostname,
      maxRequestBodySize: nativeBodyBytes,
      idleTimeout: 30,
      development: false,
      // Without it the runtime lets two processes share a port, and the kernel divides the visitors between them.
      reusePort: false,
      async fetch(request: Request, running: Server<T>) {
        // The runtime knows the client of its own request alone, and a route may get a copy of it.
        const sockets = { requestIP: () => running.requestIP(request) };
        const exchange = newExchange(sockets, () => running.timeout(request, 0));
        const response = await answer(request, exchange, running);
        return response && finish(response, request, exchange, running);
      },
      websocket: options.websocket,
    });
    options.onServer?.(server);
    return server;
  }

  function start(): Server<T> {
    try {
      return open(options.port);
    } catch (error) {
      throw new StartError(describeRefusal(error, options.port, hostname));
    }
  }

  const servers = [start()];
  const port = servers[0]?.port ?? options.port;
  return {
    port,
    pause() {
      // Sockets of one that is closed to others live on it until they end.
      for (const server of servers) void server.stop(false);
    },
    resume() {
      try {
        const held = servers.filter((server) => server.pendingWebSockets > 0 || server.pendingRequests > 0);
        servers.splice(0, servers.length, ...held, open(port));
        return true;
      } catch {
        return false;
      }
    },
    async stop() {
      await Promise.all(servers.map((server) => server.stop(true)));
    },
  };
}

function refuse(request: Request, error: MaruError): Response {
  const headers = { "cache-control": "no-store" };
  return Response.json({ error: error.toBody(localeOf(request)) }, { status: error.status, headers });
}

/** Why the port was not opened. Which code a name without an address gives depends on the machine's resolver. */
function describeRefusal(error: unknown, port: number, hostname: string): string {
  const { code = "", message = "" } = (error ?? {}) as { code?: string; message?: string };
  if (code === "EADDRINUSE") return `Port ${port} is in use. Stop what uses it, or choose another with --port.`;
  if (code === "EACCES" || code === "EPERM") {
    return `Port ${port} is not for this account. Choose one above 1023 with --port.`;
  }
  if (code === "EADDRNOTAVAIL" || code === "EINVAL") {
    return `This machine has no address ${hostname}. Choose another with --bind.`;
  }
  if (code === "EMFILE" || code === "ENFILE") {
    return "This process may not open more files, so it cannot listen. Raise the limit: ulimit -n 20000";
  }
  return `Maru cannot listen on ${hostname}, port ${port} (${code || message || "no reason given"}). Choose another address with --bind.`;
}
