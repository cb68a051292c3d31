import { limits, protocolVersion, toErrorBody, toWireId } from "@maru/protocol";
import type { Server } from "bun";
import { TokenBucket } from "../platform/token-bucket.ts";
import type { Arrival } from "./arrival.ts";
import type { Census } from "./census.ts";
import { LiveConnection } from "./connection.ts";
import type { GatewayDeps } from "./deps.ts";

function refuse(status: number, code: "request.forbidden_origin" | "server.draining" | "request.invalid"): Response {
  return Response.json({ error: toErrorBody(code, "ko") }, { status });
}

type Deps = Pick<GatewayDeps, "allowsOrigin" | "addressOf" | "clock" | "newId"> & {
  readonly census: Census;
  readonly maxConnections: number;
  readonly isDraining: () => boolean;
};

/** Answers `GET /realtime`: undefined when the socket was taken over. */
export function createUpgrade(deps: Deps) {
  return (request: Request, server: Server<Arrival>): Response | undefined => {
    if (deps.isDraining()) return refuse(503, "server.draining");
    // Browsers always send the header to a socket, so where it is missing there is no page behind it.
    const origin = request.headers.get("origin");
    if (origin !== null && !deps.allowsOrigin(origin, request)) return refuse(403, "request.forbidden_origin");
    const address = deps.addressOf(request, server);
    const version = new URL(request.url).searchParams.get("v");
    const isFull = deps.census.all.size >= deps.maxConnections;
    const isCrowded = deps.census.countStrangers(address) >= limits.connectionsPerAddress;
    const refusal = version !== String(protocolVersion) ? 4503 : isFull || isCrowded ? 4005 : null;
    const now = deps.clock.monotonic();
    const bucket = new TokenBucket(limits.commandsBurst, now);
    const connection = new LiveConnection(toWireId("connection", deps.newId()), address, bucket, now);
    const isTaken = server.upgrade(request, { data: { connection, refusal } });
    return isTaken ? undefined : refuse(400, "request.invalid");
  };
}
