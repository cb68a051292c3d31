import { expect, test } from "bun:test";
import { readdirSync, readlinkSync } from "node:fs";
import { eventually } from "@maru/testkit";
import { openDeafSocket } from "../fixtures/deaf-socket.fixture.ts";
import { openWorld } from "../fixtures/gateway.fixture.ts";
import { idOf } from "../fixtures/memory-tokens.fixture.ts";

/** Sockets that this process holds open. */
function countSockets(): number {
  const links = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return "";
    }
  });
  return links.filter((link) => link.startsWith("socket:")).length;
}

test("a slow reader that never reads again does not hold its socket for ever", async () => {
  const world = openWorld();
  const before = countSockets();
  const deaf = await openDeafSocket(world.port, world.tokens.issue("alice"));
  expect(countSockets()).toBe(before + 2);
  const [alice] = world.gateway.connectionsOf(idOf("alice"));
  alice?.subscribe("news");
  const frame = JSON.stringify({ push: "match.changed", pad: "x".repeat(60_000) });
  await eventually("alice is cut", async () => {
    world.gateway.publish("news", [frame]);
    await world.clock.advance(250);
    return world.gateway.stats().connectionCount === 0;
  });
  // Its own end stays open and still does not read.
  await eventually("the server lets go of it", () => countSockets() <= before + 1, 40_000);
  deaf.leave();
  await world.close();
}, 60_000);
