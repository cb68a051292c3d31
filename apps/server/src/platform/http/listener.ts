import type { Server, WebSocketHandler } from "bun";
import { StartError } from "../start-error.ts";

export type ListenOptions<T> = {
  readonly port: number;
  readonly hostname: string;
  readonly fetch: (request: Request, server: Server<T>) => Response | undefined | Promise<Response | undefined>;
  readonly websocket: WebSocketHandler<T>;
};

/** Far above our own limit of bodies, so that a too large one gets our answer rather than an empty one. */
const nativeBodyBytes = 1_073_741_824;

/** Opens the port; throws in words when it is taken. */
export function listen<T>(options: ListenOptions<T>): Server<T> {
  try {
    return Bun.serve<T>({
      port: options.port,
      hostname: options.hostname,
      maxRequestBodySize: nativeBodyBytes,
      idleTimeout: 30,
      development: false,
      fetch: options.fetch,
      websocket: options.websocket,
    });
  } catch (error) {
    if ((error as { code?: string }).code !== "EADDRINUSE") throw error;
    throw new StartError(`Port ${options.port} is in use. Stop what uses it, or choose another with --port.`);
  }
}
