import { beforeEach, describe, expect, test } from "bun:test";
import { settle } from "@maru/testkit";
import type { MaruClient } from "../client.ts";
import { ClientWorld, PretendedBrowser } from "../fixtures/client.fixture.ts";

let world: ClientWorld;
let browser: PretendedBrowser;

beforeEach(() => {
  world = new ClientWorld();
  browser = new PretendedBrowser();
});

const signIn = (random?: () => number) => world.signIn(world.ports(browser, random));
const stateOf = (maru: MaruClient) => maru.connection.getSnapshot().state;
const untilNextSocket = () => world.untilNextSocket();

describe("the device's network", () => {
  test("is gone as soon as the device says so, and back as soon as it says so, however long it was away", async () => {
    const maru = await signIn();
    world.network = "refusing";
    const before = world.socket;
    browser.loseNetwork();
    expect([stateOf(maru), before.isClosed]).toEqual(["offline", true]);
    await world.clock.advance(600_000);
    expect(stateOf(maru)).toBe("offline");
    world.network = "up";
    browser.isOnline = true;
    browser.revive();
    await settle();
    expect(stateOf(maru)).toBe("online");
  });

  test("that is back by word only is tried after short pauses again", async () => {
    const maru = await signIn(() => 1);
    world.network = "refusing";
    browser.loseNetwork();
    await world.clock.advance(600_000);
    browser.isOnline = true;
    browser.revive();
    await settle();
    expect(stateOf(maru)).toBe("reconnecting");
    expect(await untilNextSocket()).toBeLessThanOrEqual(500);
  });

  test("that is there although the device denies it is found; what is tried till then is not spoken of", async () => {
    const maru = await signIn();
    const states: string[] = [];
    maru.connection.subscribe(() => states.push(stateOf(maru)));
    browser.loseNetwork();
    await world.clock.advance(30_000);
    expect(states).toEqual(["offline", "online"]);
  });

  test("that comes back during a try leaves one connection", async () => {
    const maru = await signIn();
    world.network = "silent";
    browser.loseNetwork();
    await untilNextSocket();
    const hanging = world.socket;
    world.network = "up";
    browser.isOnline = true;
    browser.revive();
    await settle();
    expect([stateOf(maru), hanging.isClosed]).toEqual(["online", true]);
    expect(world.sockets.filter((socket) => !socket.isClosed)).toHaveLength(1);
  });
});

describe("a socket that speaks something else", () => {
  test.each<[string, unknown]>([
    ["a page", "<html>Welcome</html>"],
    ["half a frame", '{"push":"message.sent","roomId":'],
    ["bytes", new Uint8Array([123, 125]).buffer],
    ["a list", "[]"],
    ["null", "null"],
    ["a push without its body", '{"push":"message.sent"}'],
    ["no push among pushes", '{"pushes":[7]}'],
  ])("is given up and tried again: %s", async (_, data) => {
    const maru = await signIn();
    world.socket.onmessage?.({ data });
    expect([stateOf(maru), world.socket.isClosed]).toEqual(["reconnecting", true]);
    await untilNextSocket();
    expect(stateOf(maru)).toBe("online");
  });

  test.each<[string, unknown]>([
    ["a push", { push: "message.reacted", roomId: `room_${"0".repeat(32)}`, rev: 1, epoch: "e", reaction: "👍" }],
    ["a push without a place", { push: "poll.opened" }],
    ["a frame", { hello: "from the year 2030" }],
    ["a reply to nothing", { id: 4_711, ok: {} }],
  ])("is not what a newer server says: %s", async (_, frame) => {
    const maru = await signIn();
    world.socket.receive(frame);
    expect([stateOf(maru), world.socket.isClosed]).toEqual(["online", false]);
  });

  test("and answers connect with its own echo is tried after longer and longer pauses", async () => {
    world.answer("connect", ({ token }) => ({ echo: token }) as never);
    const maru = await signIn(() => 1);
    for (const ms of [500, 1_000, 2_000]) {
      expect(stateOf(maru)).toBe("reconnecting");
      expect(await untilNextSocket()).toBe(ms);
    }
  });

  test("because the platform refuses to open one at all is tried again too", async () => {
    const ports = world.ports(browser);
    let refusals = 3;
    const socket = class extends ports.socket {
      constructor(url: string) {
        if (refusals-- > 0) throw new DOMException("not allowed here", "SecurityError");
        super(url);
      }
    };
    const maru = await world.signIn({ ...ports, socket });
    expect(stateOf(maru)).toBe("reconnecting");
    await world.clock.advance(10_000);
    expect(stateOf(maru)).toBe("online");
  });
});
