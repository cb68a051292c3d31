import { type ErrorBody, type ErrorCode, errors, limits, protocolVersion, toErrorBody, toWireId } from "@maru/protocol";
import type { Server } from "bun";
import { TokenBucket } from "../platform/token-bucket.ts";
import { LiveConnection } from "./connection.ts";
import type { ConnectionRegistry } from "./connection-registry.ts";
import type { GatewayDeps } from "./deps.ts";
import type { Handshake } from "./handshake.ts";

/** How long those who come while the node drains are told to wait, in ms: by then another one has taken over. */
const drainRetryMs = 1_000;

function refuse(code: ErrorCode, details: Pick<ErrorBody, "retryAfterMs"> = {}): Response {
  const { retryAfterMs } = details;
  const headers = retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterMs / 1_000)) };
  return Response.json({ error: toErrorBody(code, "ko", details) }, { status: errors[code].status, headers });
}

/** Says whether a request asks for another protocol; the machinery below looks at `Upgrade` alone. */
function asksToUpgrade(request: Request): boolean {
  const words = request.headers.get("connection")?.toLowerCase().split(",") ?? [];
  return words.some((word) => word.trim() === "upgrade");
}

type Deps = Pick<GatewayDeps, "allowsOrigin" | "addressOf" | "clock" | "newId" | "countSocket"> & {
  readonly connectionRegistry: ConnectionRegistry;
  readonly maxConnections: number;
  readonly isDraining: () => boolean;
};

/** Answers `GET /realtime`: undefined when the socket was taken over. */
export function createUpgrade(deps: Deps) {
  return (request: Request, server: Server<Handshake>): Response | undefined => {
    if (deps.isDraining()) return refuse("server.draining", { retryAfterMs: drainRetryMs });
    const address = deps.addressOf(request, server);
    const waitMs = deps.countSocket?.(address) ?? 0;
    if (waitMs > 0) return refuse("rate.limited", { retryAfterMs: waitMs });
    // Browsers always send the header to a socket, so where it is missing there is no page behind it.
    const origin = request.headers.get("origin");
    if (origin !== null && !deps.allowsOrigin(origin, request)) return refuse("request.forbidden_origin");
    if (!asksToUpgrade(request)) return refuse("request.invalid");
    const version = new URL(request.url).searchParams.get("v");
    const isFull = deps.connectionRegistry.all.size >= deps.maxConnections;
    const isCrowded = deps.connectionRegistry.countStrangers(address) >= limits.connectionsPerAddress;
    const refusal = version !== String(protocolVersion) ? 4503 : isFull || isCrowded ? 4005 : null;
    const now = deps.clock.monotonic();
    const bucket = new TokenBucket(limits.commandsBurst, now);
    const connection = new LiveConnection(toWireId("connection", deps.newId()), address, bucket, now);
    // Left alone, the machinery would choose the first subprotocol that the client names, whatever it is.
    const headers = { "Sec-WebSocket-Protocol": "" };
    const isTaken = server.upgrade(request, { data: { connection, refusal }, headers });
    return isTaken ? undefined : refuse("request.invalid");
  };
}
