import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { type ErrorCode, errors, limits } from "@maru/protocol";
import type { SignedInConnection } from "./connection.ts";
import { type GatewayWorld, openWorld } from "./fixtures/gateway.fixture.ts";
import { idOf } from "./fixtures/memory-tokens.fixture.ts";
import type { SocketCaller } from "./fixtures/socket-caller.fixture.ts";

let world: GatewayWorld;
let alice: SocketCaller;
let bob: SocketCaller;
beforeEach(async () => {
  world = openWorld();
  [alice, bob] = await Promise.all([world.connect("alice"), world.connect("bob")]);
});
afterEach(async () => {
  // Whatever one does, the others do not notice, and nothing failed inside.
  expect(await bob.isAlive()).toBe(true);
  await world.close();
  expect(world.logged).toEqual([]);
});

const beat = (more: object) => JSON.stringify({ id: 1_000, cmd: "connection.beat", ...more });

describe("a frame that is no command closes its connection with 4504", () => {
  const frames: [string, string][] = [
    ["nothing", ""],
    ["no JSON", "hello"],
    ["half a JSON", '{"id":1,"cmd":"connection.be'],
    ["an array", '[{"id":1,"cmd":"connection.beat"}]'],
    ["null", "null"],
    ["a word", '"connection.beat"'],
    ["no id", '{"cmd":"connection.beat"}'],
    ["no cmd", '{"id":1}'],
    ["an id that is a word", '{"id":"1","cmd":"connection.beat"}'],
    ["an id below zero", '{"id":-1,"cmd":"connection.beat"}'],
    ["an id that is no whole number", '{"id":1.5,"cmd":"connection.beat"}'],
    ["an id beyond exact numbers", '{"id":9007199254740993,"cmd":"connection.beat"}'],
    ["a cmd that is a number", '{"id":1,"cmd":7}'],
    ["a nesting too deep", beat({ d: JSON.parse(`${"[".repeat(16)}${"]".repeat(16)}`) })],
    ["nothing but brackets", "[".repeat(60_000)],
  ];
  test.each(frames)("%s", async (_, frame) => {
    alice.say(frame);
    expect(await alice.closed).toBe(4504);
  });
});

test("a binary frame closes its connection with 4505", async () => {
  alice.say(new TextEncoder().encode(beat({})));
  expect(await alice.closed).toBe(4505);
});

describe("a frame's size", () => {
  const withBytes = (bytes: number, letter: string) => {
    const empty = beat({ d: { pad: "" } });
    const room = bytes - empty.length;
    const width = new TextEncoder().encode(letter).length;
    return beat({ d: { pad: letter.repeat(Math.floor(room / width)) + "a".repeat(room % width) } });
  };

  test.each(["a", "가", "🏠"])("is counted in bytes: the limit fits (%s)", async (letter) => {
    const reply = alice.replyTo(1_000);
    alice.say(withBytes(limits.frameBytes, letter));
    expect(await reply).toEqual({ id: 1_000, ok: {} });
  });

  test.each(["a", "가", "🏠"])("is counted in bytes: one more closes with 4509 (%s)", async (letter) => {
    alice.say(withBytes(limits.frameBytes + 1, letter));
    expect(await alice.closed).toBe(4509);
  });

  test("of the largest that is read at all closes with 4509", async () => {
    alice.say("a".repeat(1_048_576));
    expect(await alice.closed).toBe(4509);
  });
});

describe("a command that is refused keeps its connection", () => {
  const refusals: [string, object, ErrorCode][] = [
    ["unknown", { cmd: "room.explode" }, "command.unknown"],
    ["of the language's own", { cmd: "__proto__" }, "command.unknown"],
    ["of every object's own", { cmd: "toString" }, "command.unknown"],
    ["empty", { cmd: "" }, "command.unknown"],
    ["with input of the wrong kind", { cmd: "room.get", d: "room_1" }, "request.invalid"],
    ["with an id of another kind", { cmd: "room.get", d: { roomId: `acc_${"0".repeat(32)}` } }, "request.invalid"],
    [
      "with a list that is too long",
      { cmd: "room.unwatch", d: { roomIds: Array(101).fill(`room_${"0".repeat(32)}`) } },
      "request.invalid",
    ],
    ["without what it needs", { cmd: "room.get" }, "request.invalid"],
  ];
  test.each(refusals)("%s", async (_, frame, code) => {
    world.gateway.command("room.get", () => Promise.reject(new Error("Nobody may come here.")));
    world.gateway.command("room.unwatch", () => Promise.reject(new Error("Nobody may come here.")));
    const reply = alice.replyTo(1_000);
    alice.say(beat(frame));
    const replied = await reply;
    expect(replied).toMatchObject({ id: 1_000, err: { code, message: errors[code].ko, temporary: false } });
    expect(await alice.isAlive()).toBe(true);
  });

  test("names twenty wrong fields and leaves out the others", async () => {
    world.gateway.command("room.unwatch", () => Promise.reject(new Error("Nobody may come here.")));
    const error = await alice.expectError("request.invalid", "room.unwatch", { roomIds: Array(100).fill("room_") });
    expect(error.fields).toHaveLength(20);
    expect(error.fields?.[3]).toEqual({ path: "roomIds.3", code: "invalid_format" });
  });

  test("in the language that the connection asked for", async () => {
    const carol = await world.open();
    await carol.expectOk("connect", { token: world.tokens.issue("carol"), locale: "en" });
    const error = await carol.expectError("command.unknown", "room.explode" as "room.get");
    expect(error.message).toBe(errors["command.unknown"].en);
  });
});

test("fields that are not known are passed over, in the frame and in the input", async () => {
  const received: unknown[] = [];
  world.gateway.command("block.list", (_, input) => {
    received.push(input);
    return { blocks: [] };
  });
  const reply = alice.replyTo(1_000);
  alice.say('{"id":1000,"cmd":"block.list","later":1,"d":{"colour":"jade","__proto__":{"admin":true}}}');
  expect(await reply).toEqual({ id: 1_000, ok: { blocks: [] } });
  expect(received).toEqual([{}]);
  expect((received[0] as { admin?: boolean }).admin).toBeUndefined();
});

test("an input may be left out or null where nothing is needed", async () => {
  for (const d of ["", ',"d":null', ',"d":{}']) {
    const reply = alice.replyTo(1_000);
    alice.say(`{"id":1000,"cmd":"connection.beat"${d}}`);
    expect(await reply).toEqual({ id: 1_000, ok: {} });
  }
});

describe("an id", () => {
  test("in use by a command that runs is refused; the one that runs is answered; then it is free", async () => {
    const answered = Promise.withResolvers<{ blocks: [] }>();
    world.gateway.command("block.list", () => answered.promise);
    const list = '{"id":1000,"cmd":"block.list"}';
    const refused = alice.replyTo(1_000);
    alice.say(list);
    alice.say(list);
    expect(await refused).toMatchObject({
      err: { code: "request.invalid", fields: [{ path: "id", code: "duplicate" }] },
    });
    const first = alice.replyTo(1_000);
    answered.resolve({ blocks: [] });
    expect(await first).toEqual({ id: 1_000, ok: { blocks: [] } });
    const again = alice.replyTo(1_000);
    alice.say(list);
    expect(await again).toEqual({ id: 1_000, ok: { blocks: [] } });
  });

  test("of another connection is nobody else's business", async () => {
    for (const caller of [alice, bob]) {
      const reply = caller.replyTo(5);
      caller.say('{"id":5,"cmd":"connection.beat"}');
      expect(await reply).toEqual({ id: 5, ok: {} });
    }
  });
});

describe("a handler that fails", () => {
  const failures: [string, () => Promise<never>][] = [
    [
      "at once",
      () => {
        throw new Error("secret words");
      },
    ],
    ["later", () => Promise.reject(new Error("secret words"))],
    ["with something strange", () => Promise.reject(null)],
  ];
  test.each(failures)("%s is told as an internal error without its words, and logged", async (_, run) => {
    world.gateway.command("block.list", run);
    const error = await alice.expectError("server.internal", "block.list");
    expect(error).toEqual({ code: "server.internal", message: errors["server.internal"].ko, temporary: true });
    expect(await alice.isAlive()).toBe(true);
    expect(world.logged.splice(0)).toHaveLength(1);
  });

  test("to say something that JSON can is answered all the same", async () => {
    world.gateway.command("block.list", () => ({ blocks: [1n] }) as never);
    await alice.expectError("server.internal", "block.list");
    expect(world.logged.splice(0)).toHaveLength(1);
  });
});

describe("a fault of the gateway itself", () => {
  test("closes its connection with 4007, so that nobody waits for an answer that does not come", async () => {
    const { monotonic } = world.clock;
    world.clock.monotonic = () => {
      world.clock.monotonic = monotonic;
      throw new Error("This clock is broken.");
    };
    alice.say(beat({}));
    expect(await alice.closed).toBe(4007);
    expect(world.logged.splice(0)).toHaveLength(1);
  });

  test("does so as well when the answer comes late", async () => {
    world.gateway.command("block.list", async () => ({ blocks: [] }));
    const [connection] = world.gateway.connectionsOf(idOf("alice"));
    (connection as SignedInConnection).live.link.send = () => {
      throw new Error("This socket is broken.");
    };
    alice.say(beat({ cmd: "block.list" }));
    expect(await alice.closed).toBe(4007);
    expect(world.logged.splice(0)).toHaveLength(1);
  });
});
