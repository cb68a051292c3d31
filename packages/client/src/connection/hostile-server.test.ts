import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { settle } from "@maru/testkit";
import fc from "fast-check";
import { MaruClientError } from "../client-error.ts";
import { ClientWorld, PretendedBrowser, type PretendedSocket } from "../fixtures/client.fixture.ts";
import { allCalls, clientCalls, type Owner, ownerOf } from "../fixtures/client-calls.fixture.ts";
import { aMessage, aRoom, roomId } from "../fixtures/entities.fixture.ts";
import type { ClientPorts } from "../ports.ts";

const page = "<!doctype html><title>Welcome</title>";
const html = { "content-type": "text/html" };
const json = { "content-type": "application/json" };

/** What stands in for our answers over HTTP. */
const httpFaults: Record<string, () => Promise<Response> | Response> = {
  "a page with 200": () => new Response(page, { headers: html }),
  "a page that says it is JSON": () => new Response(page, { headers: json }),
  "nothing with 200": () => new Response("", { headers: json }),
  "nothing with 204": () => new Response(null, { status: 204 }),
  "half a body": () => new Response('{"accessToken":"abc', { headers: json }),
  "an empty object": () => Response.json({}),
  null: () => Response.json(null),
  "a list": () => Response.json([{}]),
  "a redirect": () => Promise.reject(new TypeError("Failed to fetch")),
  "an error that is none": () => Response.json({ error: { code: 7, message: {} } }, { status: 400 }),
  "an error of another house": () => Response.json({ error: "denied" }, { status: 403 }),
  "a bad gateway": () => new Response(page, { status: 502, headers: html }),
  "a body that breaks off": () =>
    new Response(new ReadableStream({ pull: () => Promise.reject(new DOMException("gone", "NetworkError")) }), {
      headers: json,
    }),
  "no network": () => {
    throw new DOMException("not allowed", "SecurityError");
  },
  "nothing at all": () => new Promise<never>(() => {}),
};

/** What stands in for our frames. */
const socketFaults: Record<string, (socket: PretendedSocket, id: number) => void> = {
  "a page": (socket) => socket.onmessage?.({ data: page }),
  bytes: (socket) => socket.onmessage?.({ data: new ArrayBuffer(4) }),
  "half a frame": (socket, id) => socket.onmessage?.({ data: `{"id":${id},"ok":{` }),
  "an empty object": (socket, id) => socket.receive({ id, ok: {} }),
  null: (socket, id) => socket.receive({ id, ok: null }),
  "a list": (socket, id) => socket.receive({ id, ok: [] }),
  "its own echo": (socket, id) => socket.receive({ id, cmd: "room.list", d: {} }),
  "an error that is none": (socket, id) => socket.receive({ id, err: "no" }),
  "an error of the future": (socket, id) =>
    socket.receive({ id, err: { code: "room.frozen", message: "", temporary: false } }),
  "a push that is none": (socket) => socket.receive({ push: "message.sent", roomId }),
  "an end": (socket) => socket.end(1006),
  "an end that has no code": (socket) => socket.onclose?.({}),
  "nothing at all": () => {},
};

const bare: unknown[] = [];
const notice = (reason: unknown) => bare.push(reason);
beforeAll(() => void process.on("unhandledRejection", notice));
afterAll(() => void process.off("unhandledRejection", notice));

/** Somebody signed in and in a room, before the fault begins. */
async function openWorld() {
  const world = new ClientWorld();
  const room = aRoom({ lastSeq: 1, lastOrd: 1, rev: 1 });
  const reset = { roomId, reset: true as const, epoch: room.epoch, toRev: 1, room, messages: [aMessage({ seq: 1 })] };
  world.answer("room.watch", () => ({ catchUps: [{ ...reset, hasOlder: true }], goneRoomIds: [] }));
  let http: (() => Promise<Response> | Response) | null = null;
  let socket: ((socket: PretendedSocket, id: number) => void) | null = null;
  const ports = world.ports(new PretendedBrowser());
  const fetch: ClientPorts["fetch"] = async (url, init) => (http ? http() : ports.fetch(url, init));
  const reply = world.reply.bind(world);
  world.reply = async (to, frame) => {
    if (!socket) return reply(to, frame);
    await Promise.resolve();
    socket(to, frame.id);
  };
  const maru = await world.signIn({ ...ports, fetch });
  maru.rooms.open(roomId);
  await settle();
  const begin = (faults: { http?: typeof http; socket?: typeof socket }) => {
    http = faults.http ?? null;
    socket = faults.socket ?? null;
  };
  return { world, maru, begin };
}

/** Calls a method and lets what follows come: tells what it threw, if that is not of the catalogue. */
async function outcomeOf(world: ClientWorld, owner: object, name: string, args: readonly unknown[]): Promise<unknown> {
  const method = (owner as Record<string, (...args: readonly unknown[]) => unknown>)[name];
  const ends = (async () => await method?.call(owner, ...args))().then(
    () => null,
    (thrown: unknown) => (thrown instanceof MaruClientError ? null : thrown),
  );
  await world.clock.advance(31_000);
  return Promise.race([ends, settle().then(() => "It never ended.")]);
}

/** What an object has by its class, and by those that its class extends. */
function listDescriptors(owned: object): [string, PropertyDescriptor][] {
  const prototype = Object.getPrototypeOf(owned);
  if (prototype === Object.prototype) return [];
  return [...Object.entries(Object.getOwnPropertyDescriptors(prototype)), ...listDescriptors(prototype)];
}

test("every method of a client is called", async () => {
  const { maru } = await openWorld();
  for (const owner of Object.keys(clientCalls) as Owner[]) {
    const methods = listDescriptors(ownerOf(maru, owner)).filter(
      ([name, { value }]) => name !== "constructor" && typeof value === "function",
    );
    expect([owner, methods.map(([name]) => name).sort()]).toEqual([owner, Object.keys(clientCalls[owner]).sort()]);
  }
});

for (const [fault, http] of Object.entries(httpFaults)) {
  test(`every method meets ${fault} over HTTP with an error of the catalogue, if any`, async () => {
    for (const [owner, name, args] of allCalls) {
      const { world, maru, begin } = await openWorld();
      begin({ http });
      expect([name, await outcomeOf(world, ownerOf(maru, owner), name, args)]).toEqual([name, null]);
    }
    expect(bare).toEqual([]);
  });
}

for (const [fault, socket] of Object.entries(socketFaults)) {
  test(`every method meets ${fault} on the socket with an error of the catalogue, if any`, async () => {
    for (const [owner, name, args] of allCalls) {
      const { world, maru, begin } = await openWorld();
      begin({ socket });
      expect([name, await outcomeOf(world, ownerOf(maru, owner), name, args)]).toEqual([name, null]);
    }
    expect(bare).toEqual([]);
  });
}

describe("whatever JSON", () => {
  test("comes over HTTP and the socket, nothing bare comes of it", async () => {
    const answers = fc.tuple(fc.constantFrom(...allCalls), fc.jsonValue(), fc.constantFrom(200, 400, 500));
    await fc.assert(
      fc.asyncProperty(answers, async ([[owner, name, args], value, status]) => {
        const { world, maru, begin } = await openWorld();
        begin({
          http: () => Response.json(value, { status }),
          socket: (to, id) => to.receive(status === 200 ? { id, ok: value } : { id, err: value }),
        });
        expect([name, await outcomeOf(world, ownerOf(maru, owner), name, args)]).toEqual([name, null]);
      }),
      { numRuns: 150 },
    );
    expect(bare).toEqual([]);
  }, 60_000);

  test("comes as a frame, the client lives on", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 5 }), async (frames) => {
        const { world, maru } = await openWorld();
        for (const frame of frames) world.socket.onmessage?.({ data: JSON.stringify(frame) });
        await world.clock.advance(60_000);
        expect(maru.connection.getSnapshot().state).toBe("online");
      }),
      { numRuns: 60 },
    );
    expect(bare).toEqual([]);
  }, 60_000);
});

test.each(Object.entries(httpFaults))("a sign-in that met %s goes on by itself when it stops", async (_, http) => {
  const { world, maru, begin } = await openWorld();
  begin({ http, socket: (socket) => socket.end() });
  world.socket.end();
  await world.clock.advance(700_000);
  expect(maru.session.getSnapshot().state).toBe("signed_in");
  begin({});
  await world.clock.advance(61_000);
  expect(maru.connection.getSnapshot().state).toBe("online");
});
