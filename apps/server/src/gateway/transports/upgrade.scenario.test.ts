import { afterEach, describe, expect, test } from "bun:test";
import { errors, limits } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { isOriginAllowed } from "../../platform/http/origins.ts";
import { type GatewayWorld, openWorld, type WorldOptions } from "../fixtures/gateway.fixture.ts";

let world: GatewayWorld;
function build(options: WorldOptions = {}): GatewayWorld {
  world = openWorld(options);
  return world;
}
afterEach(async () => {
  await world.close();
  expect(world.logged).toEqual([]);
});

const ours = "https://maru.example";
const rules = { listed: [ours], acceptsOwnAddress: false };
const foreign: [string, string][] = [
  ["foreign", "https://evil.example"],
  ["null", "null"],
  ["a longer name that starts like ours", "https://maru.example.evil.example"],
  ["ours as a user name", "https://maru.example@evil.example"],
  ["a name below ours", "https://chat.maru.example"],
  ["ours without encryption", "http://maru.example"],
  ["ours at another port", "https://maru.example:444"],
  ["ours in capitals", "https://MARU.example"],
  ["ours and one more", "https://maru.example, https://evil.example"],
  ["ours with a path", "https://maru.example/"],
];

describe("a page of an origin that is not ours", () => {
  test.each(foreign)("gets no socket: %s", async (_, origin) => {
    build({ allowsOrigin: (asked, request) => isOriginAllowed(asked, request, rules) });
    const answer = await world.ask({ origin });
    expect(answer.status).toBe(403);
    const { error } = (await answer.json()) as { error: object };
    expect(error).toMatchObject({ code: "request.forbidden_origin", message: errors["request.forbidden_origin"].ko });
    expect(world.gateway.stats().connectionCount).toBe(0);
  });

  test("would get one without the check (planted)", async () => {
    build({ allowsOrigin: () => true });
    const caller = await world.open({ origin: "https://evil.example" });
    await caller.expectOk("connect", { token: world.tokens.issue("alice") });
  });
});

describe("a socket is given", () => {
  test.each([
    ["to a page of ours", { origin: ours }],
    ["to a program, which has no origin", {}],
  ])("%s", async (_, headers) => {
    build({ allowsOrigin: (asked, request) => isOriginAllowed(asked, request, rules) });
    const caller = await world.open(headers as Record<string, string>);
    await caller.expectOk("connect", { token: world.tokens.issue("alice") });
  });
});

describe("a request that asks for no socket is answered 400", () => {
  const requests: [string, Record<string, string>][] = [
    ["without Upgrade", { upgrade: "" }],
    ["for another protocol", { upgrade: "h2c" }],
    ["without Connection", { connection: "close" }],
    ["with a key that is too short", { "sec-websocket-key": "short" }],
  ];
  test.each(requests)("%s", async (_, headers) => {
    build();
    const answer = await world.ask(headers);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: "request.invalid" } });
  });
});

describe("a socket is closed at once, where a browser could not read a status", () => {
  test.each(["", "?v=", "?v=0", "?v=2", "?v=1.0", "?V=1"])("with 4503 for the version %p", async (query) => {
    build();
    const caller = await world.open({}, world.url.replace("?v=1", query));
    expect(await caller.closed).toBe(4503);
  });

  test("with 4005 when the node is full", async () => {
    build({ maxConnections: 2 });
    const [alice] = await Promise.all([world.connect("alice"), world.connect("bob")]);
    const late = await world.open();
    expect(await late.closed).toBe(4005);
    alice?.leave();
    await world.hasSockets(1);
    expect(await (await world.connect("carol")).isAlive()).toBe(true);
  });

  test("with 4005 for strangers beyond two hundred of one address, who do not keep out others", async () => {
    build();
    const from = (address: string) => ({ "x-forwarded-for": address });
    const strangers = await Promise.all(Array.from({ length: 1_000 }, () => world.open(from("192.0.2.1"))));
    await world.hasSockets(limits.connectionsPerAddress);
    const refused = () => strangers.map(({ closeCode }) => closeCode).filter((code) => code !== null);
    await eventually("all others are refused", () => refused().length === 800);
    expect(new Set(refused())).toEqual(new Set([4005]));
    expect(await (await world.connect("alice", { headers: from("192.0.2.2") })).isAlive()).toBe(true);

    // Room is made by those who say who they are, and by those who go.
    const staying = strangers.filter(({ closeCode }) => closeCode === null);
    await staying[0]?.expectOk("connect", { token: world.tokens.issue("bob") });
    staying[1]?.leave();
    await world.hasSockets(limits.connectionsPerAddress);
    const next = await Promise.all([world.open(from("192.0.2.1")), world.open(from("192.0.2.1"))]);
    for (const caller of next) await caller.expectError("connection.required", "connection.beat");
    expect(await (await world.open(from("192.0.2.1"))).closed).toBe(4005);
  });
});
