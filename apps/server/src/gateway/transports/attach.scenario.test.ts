import { afterEach, beforeEach, expect, test } from "bun:test";
import type { Server } from "bun";
import { type GatewayWorld, openWorld } from "../fixtures/gateway.fixture.ts";
import type { SocketContext } from "./bun-transport.ts";

let world: GatewayWorld;
const later: Server<SocketContext>[] = [];
beforeEach(() => {
  world = openWorld();
});
afterEach(async () => {
  await world.close();
  for (const server of later.splice(0)) await server.stop(true);
});

/** Opens another port for the same gateway, as after a pause. */
function openAgain(): string {
  const server = Bun.serve<SocketContext>({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, running) => world.gateway.upgrade(request, running),
    websocket: world.gateway.websocket,
  });
  later.push(server);
  world.gateway.attach(server);
  return `ws://127.0.0.1:${server.port}/realtime?v=1`;
}

test("a push reaches those who came before the port was opened anew and those who came after", async () => {
  const before = await world.connect("alice");
  const after = await world.open({}, openAgain());
  await after.expectOk("connect", { token: world.tokens.issue("alice") });
  const last = await world.open({}, openAgain());
  await last.expectOk("connect", { token: world.tokens.issue("alice") });
  const [accountId = ""] = [...world.gateway.connections()].map((connection) => connection.accountId);
  world.gateway.pushToAccount(accountId, { push: "room.advanced", d: { roomId: "room_0" } } as never);
  for (const caller of [before, after, last]) {
    expect((await caller.expectPush("room.advanced")).push).toBe("room.advanced");
  }
});
