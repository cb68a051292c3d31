import type { Server, WebSocketHandler } from "bun";
import { fail } from "../errors.ts";
import type { Log } from "../log.ts";
import { StartError } from "../start-error.ts";
import { localeOf } from "./locale.ts";

export type ListenOptions<T> = {
  readonly port: number;
  readonly hostname: string;
  readonly fetch: (request: Request, server: Server<T>) => Response | undefined | Promise<Response | undefined>;
  readonly websocket: WebSocketHandler<T>;
  readonly log?: Log;
};

/** Far above our own limit of bodies, so that a too large one gets our answer rather than an empty one. */
const nativeBodyBytes = 1_073_741_824;

/** Opens the port; throws in words when that is not to be. */
export function listen<T>(options: ListenOptions<T>): Server<T> {
  try {
    return Bun.serve<T>({
      port: options.port,
      hostname: options.hostname,
      maxRequestBodySize: nativeBodyBytes,
      idleTimeout: 30,
      development: false,
      // Without it the runtime lets two processes share a port, and the kernel divides the visitors between them.
      reusePort: false,
      async fetch(request, server) {
        try {
          return await options.fetch(request, server);
        } catch (error) {
          options.log?.error("A request failed before it had a route.", { method: request.method, error });
          const body = fail("server.internal").toBody(localeOf(request));
          return Response.json({ error: body }, { status: 500, headers: { "cache-control": "no-store" } });
        }
      },
      websocket: options.websocket,
    });
  } catch (error) {
    throw new StartError(describeRefusal(error, options.port, options.hostname));
  }
}

/** Says why the port was not opened. Which code a name without an address gives depends on the machine's resolver. */
function describeRefusal(error: unknown, port: number, hostname: string): string {
  const { code = "", message = "" } = (error ?? {}) as { code?: string; message?: string };
  if (code === "EADDRINUSE") return `Port ${port} is in use. Stop what uses it, or choose another with --port.`;
  if (code === "EACCES" || code === "EPERM") {
    return `Port ${port} is not for this account. Choose one above 1023 with --port.`;
  }
  if (code === "EADDRNOTAVAIL" || code === "EINVAL") {
    return `This machine has no address ${hostname}. Choose another with --bind.`;
  }
  return `Maru cannot listen on ${hostname}, port ${port} (${code || message || "no reason given"}). Choose another address with --bind.`;
}
