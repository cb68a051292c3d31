import { eventually, FakeClock } from "@maru/testkit";
import type { Server } from "bun";
import { createLog } from "../platform/log.ts";
import type { GatewayDeps } from "./deps.ts";
import { createGateway } from "./gateway.ts";
import type { Handshake } from "./handshake.ts";
import { MemoryTokens } from "./memory-tokens.fixture.ts";
import { SocketCaller } from "./socket-caller.fixture.ts";

export type WorldOptions = Partial<
  Pick<GatewayDeps, "allowsOrigin" | "admission" | "maxConnections" | "random" | "authenticator">
>;

export type GatewayWorld = ReturnType<typeof openWorld>;

/** A gateway alone: a real server and real sockets, time that stands still, tokens without cryptography. */
export function openWorld(options: WorldOptions = {}) {
  const clock = new FakeClock();
  const tokens = new MemoryTokens(clock);
  const logged: string[] = [];
  let idCount = 0;
  const gateway = createGateway({
    authenticator: tokens,
    clock,
    log: createLog({ level: "error", now: clock.now.bind(clock), write: (line) => logged.push(line) }),
    newId: () => (++idCount).toString(16).padStart(32, "0"),
    random: () => 0.5,
    allowsOrigin: () => true,
    addressOf: (request) => request.headers.get("x-forwarded-for") ?? "127.0.0.1",
    ...options,
  });
  const server: Server<Handshake> = Bun.serve<Handshake>({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, running) => gateway.upgrade(request, running),
    websocket: gateway.websocket,
  });
  gateway.attach(server);
  const url = `ws://127.0.0.1:${server.port}/realtime?v=1`;
  const callers: SocketCaller[] = [];

  /** A socket that has said nothing yet. */
  async function open(headers: Record<string, string> = {}, at = url): Promise<SocketCaller> {
    const caller = await SocketCaller.open(at, headers);
    callers.push(caller);
    return caller;
  }

  return {
    clock,
    tokens,
    gateway,
    /** Lines that the gateway wrote as errors; none in a world where nothing failed. */
    logged,
    url,
    port: server.port as number,
    open,

    /** Asks for a socket as a page would, and tells what the server answered instead of one. */
    ask: (headers: Record<string, string> = {}, path = "/realtime?v=1") =>
      fetch(`http://127.0.0.1:${server.port}${path}`, {
        headers: {
          upgrade: "websocket",
          connection: "Upgrade",
          "sec-websocket-version": "13",
          "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
          ...headers,
        },
      }),

    /** A connection of an account, ready. */
    async connect(account: string, more: { lifeMs?: number; session?: string; headers?: Record<string, string> } = {}) {
      const caller = await open(more.headers);
      await caller.expectOk("connect", { token: tokens.issue(account, more) });
      return caller;
    },

    /** Waits until the server knows of so many sockets. */
    hasSockets: (count: number) =>
      eventually(`${count} sockets on the server`, () => gateway.stats().connectionCount === count),

    async close(): Promise<void> {
      for (const caller of callers) caller.leave();
      gateway.stop();
      await server.stop(true);
    },
  };
}
