import type { Server, ServerWebSocket, WebSocketHandler } from "bun";
import type { CodecOffer } from "../codecs/codec.ts";
import { jsonOffer } from "../codecs/json-codec.ts";
import type { LiveConnection } from "../connection.ts";
import type { GatewayDeps } from "../deps.ts";
import { softBufferBytes } from "../idle-connection-reaper.ts";
import { refuse } from "./accept.ts";
import type { Handshake, Intake } from "./intake.ts";
import type { Transport } from "./transport.ts";

/** What a socket carries: its handshake until it is open, its connection from then on. */
export type SocketContext = Handshake | LiveConnection;

/** Sockets of the runtime. They are links as they are, and their topics are the native ones. */
export interface BunTransport extends Transport {
  /** Answers a request for a socket; undefined when it was taken over. */
  upgrade(request: Request, server: Server<SocketContext>): Response | undefined;
  readonly websocket: WebSocketHandler<SocketContext>;
  /** Gives the transport the server that its next sockets come by; those before stay on theirs. */
  attach(server: Server<SocketContext>): void;
}

/** Native bounds stand above ours, so that our codes are what a client sees. */
const nativeFrameBytes = 1_048_576;

/** Whether a request asks for another protocol; the machinery below looks at `Upgrade` alone. */
function asksToUpgrade(request: Request): boolean {
  const words = request.headers.get("connection")?.toLowerCase().split(",") ?? [];
  return words.some((word) => word.trim() === "upgrade");
}

/** The first subprotocol of a request that is offered; ours where none is. */
function chooseCodec(request: Request, offers: readonly CodecOffer[]): CodecOffer {
  const asked = request.headers.get("sec-websocket-protocol")?.split(",") ?? [];
  for (const name of asked) {
    const offer = offers.find(({ subprotocol }) => subprotocol === name.trim());
    if (offer) return offer;
  }
  return jsonOffer;
}

export function createBunTransport(
  intake: Intake,
  { addressOf, codecs = [] }: Pick<GatewayDeps, "addressOf" | "codecs">,
): BunTransport {
  let server: Server<SocketContext> | null = null;
  /** Those whose port was closed to others and whose sockets are still there; almost always none. */
  let former: readonly Server<SocketContext>[] = [];
  // A socket carries its connection from `open` on, and nothing is received of it before.
  const connectionOf = (socket: ServerWebSocket<SocketContext>) => socket.data as LiveConnection;

  return {
    upgrade(request, running) {
      const offer = chooseCodec(request, codecs);
      const handshake = intake.accept(request, addressOf(request, running), offer);
      if (handshake instanceof Response) return handshake;
      // Left alone, the machinery would choose the first subprotocol that the client names, whatever it is.
      const headers = { "Sec-WebSocket-Protocol": offer.subprotocol ?? "" };
      const isTaken = asksToUpgrade(request) && running.upgrade(request, { data: handshake, headers });
      return isTaken ? undefined : refuse("request.invalid");
    },
    websocket: {
      open(socket) {
        const handshake = socket.data as Handshake;
        const connection = intake.open(handshake, socket);
        socket.data = connection;
        if (handshake.refusal) connection.close(handshake.refusal);
      },
      message(socket, message) {
        intake.receive(connectionOf(socket), message);
      },
      ping(socket) {
        intake.countControl(connectionOf(socket));
      },
      pong(socket) {
        intake.countControl(connectionOf(socket));
      },
      close(socket) {
        intake.closed(connectionOf(socket));
      },
      maxPayloadLength: nativeFrameBytes,
      backpressureLimit: softBufferBytes * 2,
      closeOnBackpressureLimit: true,
      idleTimeout: 120,
      sendPings: true,
      perMessageDeflate: false,
      publishToSelf: true,
    },
    attach(running) {
      former = [...former, ...(server ? [server] : [])].filter((old) => old.pendingWebSockets > 0);
      server = running;
    },
    publish(topic, frame) {
      server?.publish(topic, frame);
      for (const old of former) old.publish(topic, frame);
    },
  };
}
