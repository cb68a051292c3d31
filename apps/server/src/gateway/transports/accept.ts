import { type ErrorBody, type ErrorCode, errors, limits, toErrorBody } from "@maru/protocol";
import type { ConnectionRegistry } from "../connection-registry.ts";
import type { GatewayDeps } from "../deps.ts";
import type { Intake } from "./intake.ts";

/** How long those who come while the node drains have to wait, in ms: by then another one has taken over. */
const drainRetryMs = 1_000;

/** Answers a request that gets no connection. */
export function refuse(code: ErrorCode, details: Pick<ErrorBody, "retryAfterMs"> = {}): Response {
  const { retryAfterMs } = details;
  const headers = retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterMs / 1_000)) };
  return Response.json({ error: toErrorBody(code, "ko", details) }, { status: errors[code].status, headers });
}

type Deps = Pick<GatewayDeps, "allowsOrigin" | "countSocket"> & {
  readonly connectionRegistry: ConnectionRegistry;
  readonly maxConnections: number;
  readonly isDraining: () => boolean;
};

/** Decides who may open a connection, whatever it is carried by. */
export function createAccept(deps: Deps): Intake["accept"] {
  return (request, address, offer) => {
    if (deps.isDraining()) return refuse("server.draining", { retryAfterMs: drainRetryMs });
    const waitMs = deps.countSocket?.(address) ?? 0;
    if (waitMs > 0) return refuse("rate.limited", { retryAfterMs: waitMs });
    // Browsers always send the header to a socket, so where it is missing there is no page behind it.
    const origin = request.headers.get("origin");
    if (origin !== null && !deps.allowsOrigin(origin, request)) return refuse("request.forbidden_origin");
    const isFull = deps.connectionRegistry.all.size >= deps.maxConnections;
    const isCrowded = deps.connectionRegistry.countStrangers(address) >= limits.connectionsPerAddress;
    const refusal = !offer.isVersionKnown(request) ? 4503 : isFull || isCrowded ? 4005 : null;
    return { address, codec: offer.create(), refusal };
  };
}
