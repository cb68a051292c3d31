import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type CloseCode, type ErrorCode, limits } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { type GatewayWorld, openWorld } from "./fixtures/gateway.fixture.ts";
import { idOf } from "./fixtures/memory-tokens.fixture.ts";

let world: GatewayWorld;
beforeEach(() => {
  world = openWorld();
});
afterEach(async () => {
  await world.close();
  expect(world.logged).toEqual([]);
});

describe("connect", () => {
  test("comes first: anything else is refused, and the connection may still connect", async () => {
    const caller = await world.open();
    await caller.expectError("connection.required", "room.list");
    await caller.expectError("connection.required", "connection.beat");
    await caller.expectOk("connect", { token: world.tokens.issue("alice") });
    expect(await caller.isAlive()).toBe(true);
  });

  test("tells what the client plans with", async () => {
    const caller = await world.open();
    const replied = await caller.expectOk("connect", { token: world.tokens.issue("alice", { lifeMs: 90_000 }) });
    expect(replied).toMatchObject({
      heartbeatMs: limits.heartbeatMs,
      limits,
      serverTime: new Date(world.clock.now()).toISOString(),
      tokenExpiresAt: new Date(world.clock.now() + 90_000).toISOString(),
    });
  });

  test("comes once", async () => {
    const alice = await world.connect("alice");
    await alice.expectError("connection.already_connected", "connect", { token: world.tokens.issue("alice") });
    expect(await alice.isAlive()).toBe(true);
  });

  test("is not overtaken: what is said while the token is read is refused", async () => {
    const letGo = world.tokens.hold();
    const caller = await world.open();
    const connected = caller.ask("connect", { token: world.tokens.issue("alice") });
    await caller.expectError("connection.required", "room.list");
    await caller.expectError("connection.already_connected", "connect", { token: world.tokens.issue("alice") });
    letGo();
    expect(await connected).toHaveProperty("ok");
  });

  test("must come within ten seconds", async () => {
    const silent = await world.open();
    await silent.expectError("connection.required", "room.list");
    await world.clock.advance(limits.connectDeadlineMs - 300);
    await silent.expectError("connection.required", "room.list");
    await world.clock.advance(600);
    expect(await silent.closed).toBe(4004);
  });

  test("with wrong input names the fields and may be tried again", async () => {
    const caller = await world.open();
    const error = await caller.expectError("request.invalid", "connect", { token: 7, locale: "fr" });
    expect(error.fields?.map(({ path }) => path).sort()).toEqual(["locale", "token"]);
    await caller.expectOk("connect", { token: world.tokens.issue("alice") });
  });

  const refusals: [string, ErrorCode, CloseCode][] = [
    ["unknown", "auth.invalid", 4502],
    ["expired", "auth.expired", 4001],
    ["signed out", "auth.revoked", 4500],
    ["suspended", "account.suspended", 4501],
  ];
  test.each(refusals)("with a token that is %s says %s and closes with %d", async (how, code, closeCode) => {
    const token =
      how === "unknown" ? "made up" : world.tokens.issue("alice", { lifeMs: how === "expired" ? 0 : 1_000 });
    if (code === "auth.revoked" || code === "account.suspended") world.tokens.refuse(token, code);
    const caller = await world.open();
    await caller.expectError(code, "connect", { token });
    expect(await caller.closed).toBe(closeCode);
  });

  test("of one account too often is refused with 4506, also when all come at the same moment", async () => {
    const letGo = world.tokens.hold();
    const callers = await Promise.all(Array.from({ length: limits.connectionsPerAccount + 5 }, () => world.open()));
    const replies = callers.map((caller) => caller.ask("connect", { token: world.tokens.issue("alice") }));
    await eventually("all tokens are read", () => world.tokens.heldCount === callers.length);
    letGo();
    const replied = await Promise.all(replies);
    expect(replied.filter((reply) => "ok" in reply)).toHaveLength(limits.connectionsPerAccount);
    const refused = callers.filter((_, n) => "err" in (replied[n] as object));
    expect(await Promise.all(refused.map(({ closed }) => closed))).toEqual([4506, 4506, 4506, 4506, 4506]);
    await world.hasSockets(limits.connectionsPerAccount);
  });
});

describe("a right", () => {
  test("ends with its token: nothing is delivered, commands fail, the close follows", async () => {
    const alice = await world.connect("alice", { lifeMs: 5_000 });
    await world.clock.advance(4_990);
    expect(await alice.isAlive()).toBe(true);
    await world.clock.advance(20);
    world.gateway.pushToAccount(idOf("alice"), { push: "match.changed", match: { state: "idle", reason: "none" } });
    await alice.expectError("auth.expired", "connection.beat");
    expect(alice.pushes).toEqual([]);
    await world.clock.advance(2_500);
    expect(await alice.closed).toBe(4001);
  });

  test("ends at its very moment, not at the next round", async () => {
    const alice = await world.connect("alice", { lifeMs: 5_137 });
    world.gateway.connectionsOf(idOf("alice"))[0]?.subscribe("news");
    await world.clock.advance(5_137);
    world.gateway.publish("news", ['{"push":"match.changed"}']);
    await alice.expectError("auth.expired", "connection.beat");
    expect(alice.pushes).toEqual([]);
    expect(world.gateway.connectionsOf(idOf("alice"))).toEqual([]);
  });

  test("that ends while its token is read is none", async () => {
    const letGo = world.tokens.hold();
    const alice = await world.open();
    const reply = alice.ask("connect", { token: world.tokens.issue("alice", { lifeMs: 1_000 }) });
    await eventually("the token is read", () => world.tokens.heldCount === 1);
    await world.clock.advance(1_000);
    letGo();
    expect(await reply).toMatchObject({ err: { code: "auth.expired" } });
    expect(await alice.closed).toBe(4001);
  });

  test("is looked at on every command, not only by the round", async () => {
    const alice = await world.connect("alice", { lifeMs: 5_000 });
    // The process was frozen and has just woken: time has passed, and no timer has run yet.
    world.clock.monotonic = () => 5_001;
    await alice.expectError("auth.expired", "connection.beat");
  });

  test("does not come back by a late answer or a late renewal", async () => {
    const answered = Promise.withResolvers<{ blocks: [] }>();
    world.gateway.command("block.list", () => answered.promise);
    const alice = await world.connect("alice", { lifeMs: 5_000 });
    const letGo = world.tokens.hold();
    const [list, renewal] = [alice.ask("block.list"), alice.ask("auth.renew", { token: world.tokens.issue("alice") })];
    await eventually("the token is read", () => world.tokens.heldCount === 1);
    await world.clock.advance(5_001);
    answered.resolve({ blocks: [] });
    letGo();
    expect(await list).toMatchObject({ err: { code: "auth.expired" } });
    expect(await renewal).toMatchObject({ err: { code: "auth.expired" } });
  });

  test("survives a wall clock that jumps", async () => {
    const alice = await world.connect("alice");
    world.clock.jumpWall(3_600_000);
    await world.clock.advance(1_000);
    expect(await alice.isAlive()).toBe(true);
    world.clock.jumpWall(-7_200_000);
    await world.clock.advance(1_000);
    expect(await alice.isAlive()).toBe(true);
  });
});

describe("auth.renew", () => {
  test("prolongs the right on the same socket, and deliveries go on", async () => {
    const alice = await world.connect("alice", { lifeMs: 5_000 });
    await world.clock.advance(4_000);
    const replied = await alice.expectOk("auth.renew", { token: world.tokens.issue("alice", { lifeMs: 9_000 }) });
    expect(replied).toEqual({ tokenExpiresAt: new Date(world.clock.now() + 9_000).toISOString() });
    await world.clock.advance(8_000);
    world.gateway.pushToAccount(idOf("alice"), { push: "match.changed", match: { state: "idle", reason: "none" } });
    await alice.expectPush("match.changed");
    await world.clock.advance(4_000);
    expect(await alice.closed).toBe(4001);
  });

  test("with another account's token is refused, and changes nothing", async () => {
    const alice = await world.connect("alice", { lifeMs: 5_000 });
    await alice.expectError("auth.wrong_account", "auth.renew", { token: world.tokens.issue("bob") });
    expect([...world.gateway.connections()].map(({ accountId }) => accountId)).toEqual([idOf("alice")]);
    await world.clock.advance(8_000);
    expect(await alice.closed).toBe(4001);
  });

  test("with a token that is no good is refused, and the connection lives on", async () => {
    const alice = await world.connect("alice");
    await alice.expectError("auth.invalid", "auth.renew", { token: "made up" });
    await alice.expectError("auth.expired", "auth.renew", { token: world.tokens.issue("alice", { lifeMs: 0 }) });
    expect(await alice.isAlive()).toBe(true);
  });

  test("for a shorter time than a round is kept to the moment, too", async () => {
    const alice = await world.connect("alice", { lifeMs: 100 });
    await alice.expectOk("auth.renew", { token: world.tokens.issue("alice", { lifeMs: 137 }) });
    await world.clock.advance(137);
    expect(world.gateway.connectionsOf(idOf("alice"))).toEqual([]);
  });

  test("of two that overtake each other, the longer right stands", async () => {
    const alice = await world.connect("alice", { lifeMs: 5_000 });
    await alice.expectOk("auth.renew", { token: world.tokens.issue("alice", { lifeMs: 20_000 }) });
    await alice.expectOk("auth.renew", { token: world.tokens.issue("alice", { lifeMs: 8_000 }) });
    await world.clock.advance(15_000);
    expect(await alice.isAlive()).toBe(true);
  });
});
