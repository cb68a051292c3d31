import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { reactToClose } from "@maru/protocol";
import { eventually, seededRandom } from "@maru/testkit";
import { type GatewayWorld, openWorld } from "./fixtures/gateway.fixture.ts";

let world: GatewayWorld;
beforeEach(() => {
  world = openWorld({ random: seededRandom(7) });
});
afterEach(async () => {
  await world.close();
  expect(world.logged).toEqual([]);
});

describe("a node that drains", () => {
  test("tells everybody to come back, spread over its time and not in the order in which they came", async () => {
    const callers = await Promise.all(Array.from({ length: 100 }, (_, n) => world.connect(`person ${n}`)));
    const came = [...world.gateway.connections()].map(({ accountId }) => accountId);
    const went: string[] = [];
    world.gateway.onClosed((_, accountId) => went.push(accountId));
    const drained = world.gateway.drain(2_000);
    const open: number[] = [];
    for (let passed = 0; passed < 2_000; passed += 500) {
      open.push(world.gateway.stats().connectionCount);
      await world.clock.advance(500);
    }
    await drained;
    expect(await Promise.all(callers.map(({ closed }) => closed))).toEqual(Array(100).fill(4000));
    expect(reactToClose(4000)).toBe("resume");
    // Each quarter of the time takes about a quarter of the people.
    for (const [n, count] of open.entries()) expect(Math.abs(count - (100 - n * 25))).toBeLessThan(20);
    expect(went).not.toEqual(came);
    expect(went.toSorted()).toEqual(came.toSorted());
  });

  test("takes nobody in, and says when to try again", async () => {
    const alice = await world.connect("alice");
    const drained = world.gateway.drain(1_000);
    const answer = await world.ask();
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(await answer.json()).toMatchObject({
      error: { code: "server.draining", temporary: true, retryAfterMs: 1_000 },
    });
    // Who is still here is served to the end.
    expect(await alice.isAlive()).toBe(true);
    await world.clock.advance(1_000);
    await drained;
    expect(await alice.closed).toBe(4000);
    expect(world.gateway.stats().connectionCount).toBe(0);
  });

  test("closes those, too, who have not connected yet or whose token is being read", async () => {
    const [silent, asking] = await Promise.all([world.open(), world.open()]);
    const letGo = world.tokens.hold();
    asking.ask("connect", { token: world.tokens.issue("alice") }).catch(() => {});
    await eventually("the token is read", () => world.tokens.heldCount === 1);
    await world.gateway.drain(0);
    letGo();
    expect(await Promise.all([silent.closed, asking.closed])).toEqual([4000, 4000]);
    expect(world.gateway.stats()).toEqual({ connectionCount: 0, accountCount: 0, admissionCount: 0 });
  });

  test("is done at once when nobody is there", async () => {
    await world.gateway.drain(2_000);
    expect((await world.ask()).status).toBe(503);
  });
});
