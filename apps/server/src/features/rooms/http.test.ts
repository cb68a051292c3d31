import { afterAll, beforeAll, expect, test } from "bun:test";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { type CommandName, commands, limits, listRoutes, roomsCommandRoutes } from "@maru/protocol";
import { createMiddleware } from "hono/factory";
import { MaruError } from "../../platform/errors.ts";
import { createHttpApp } from "../../platform/http/app.ts";
import { newId } from "../../platform/ids.ts";
import { silentLog } from "../../platform/log.ts";
import { newKey, openRoomsWorld, type RoomsWorld, type WorldNode } from "./fixtures/rooms.fixture.ts";
import type { AccountEnv } from "./http.ts";

let world: RoomsWorld;
let node: WorldNode;
let app: OpenAPIHono<AccountEnv>;
let [alice, bob, carol] = ["", "", ""];
let roomId: string;

/** Stands in for identity's: the header says who asks. */
const requireAccount = createMiddleware<AccountEnv>(async (context, next) => {
  const accountId = context.req.header("x-account");
  if (accountId === undefined) throw new MaruError("auth.required");
  context.set("right", { accountId });
  await next();
});

beforeAll(async () => {
  world = await openRoomsWorld();
  node = await world.openNode();
  app = createHttpApp({ log: silentLog, newId }) as unknown as OpenAPIHono<AccountEnv>;
  node.rooms.routes(app, requireAccount);
  [alice = "", bob = "", carol = ""] = await world.newAccounts(3);
  roomId = await world.newMatch(node, alice, bob);
});
afterAll(() => world.close());

async function ask(accountId: string | null, method: string, path: string, body?: unknown) {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (accountId !== null) headers["x-account"] = accountId;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await app.request(path, { method, headers, ...(body === undefined ? {} : { body: text }) });
  const answer = (await response.json()) as { error?: { code: string } } & Record<string, unknown>;
  return { status: response.status, answer, code: answer.error?.code };
}

test("rooms and messages are told over HTTP as they are on the socket", async () => {
  const key = newKey();
  const post = () => ask(alice, "POST", `/api/rooms/${roomId}/messages`, { clientMessageId: key, text: "안녕" });
  const sent = await post();
  const { message } = commands["message.send"].output.parse(sent.answer);
  expect(await post()).toEqual(sent);
  const device = world.connect(node, alice);
  expect((await ask(alice, "GET", "/api/rooms?limit=5")).answer).toEqual(await device.run("room.list", { limit: 5 }));
  expect((await ask(alice, "GET", `/api/rooms/${roomId}`)).answer).toEqual(
    await device.run("room.get", { roomId: roomId as never }),
  );
  const page = await ask(alice, "GET", `/api/rooms/${roomId}/messages?before=3&limit=1`);
  expect(page.answer).toMatchObject({ messages: [message], hasOlder: true, hasNewer: false });
});

test("who is nobody, or a stranger to the room, is refused alike", async () => {
  const missing = `room_${"0".repeat(32)}`;
  for (const id of [roomId, missing]) {
    expect(await ask(carol, "GET", `/api/rooms/${id}`)).toMatchObject({ status: 404, code: "room.not_found" });
    expect(await ask(carol, "GET", `/api/rooms/${id}/messages`)).toMatchObject({ status: 404, code: "room.not_found" });
    const body = { clientMessageId: newKey(), text: "말" };
    expect(await ask(carol, "POST", `/api/rooms/${id}/messages`, body)).toMatchObject({
      status: 404,
      code: "room.not_found",
    });
  }
  for (const path of ["/api/rooms", `/api/rooms/${roomId}`, `/api/rooms/${roomId}/messages`]) {
    expect(await ask(null, "GET", path)).toMatchObject({ status: 401, code: "auth.required" });
  }
});

test("bad input is refused in the one shape of errors", async () => {
  const messages = `/api/rooms/${roomId}/messages`;
  const wrong: [string, string, unknown?][] = [
    ["GET", "/api/rooms/xyz"],
    ["GET", "/api/rooms?limit=0"],
    ["GET", "/api/rooms?cursor=%00"],
    ["GET", `${messages}?limit=${limits.pageMessages + 1}`],
    ["GET", `${messages}?before=-1`],
    ["GET", `${messages}?from=yesterday`],
    ["POST", messages, { clientMessageId: newKey() }],
    ["POST", messages, { clientMessageId: "no", text: "말" }],
    ["POST", messages, { clientMessageId: newKey(), text: 7 }],
    ["POST", messages, { clientMessageId: newKey(), text: "a\u0000" }],
    ["POST", messages, "{"],
  ];
  for (const [method, path, body] of wrong) {
    const { status, code } = await ask(alice, method, path, body);
    expect([path, status, code]).toEqual([path, 400, "request.invalid"]);
  }
  const blank = await ask(alice, "POST", messages, { clientMessageId: newKey(), text: " " });
  expect(blank).toMatchObject({ status: 422, code: "message.empty" });
});

test("a message over HTTP carries what one on the socket does, and a field of the path counts alone", async () => {
  const sent = await ask(alice, "POST", `/api/rooms/${roomId}/messages`, {
    clientMessageId: newKey(),
    text: "네",
    roomId: `room_${"0".repeat(32)}`,
    extra: { v: 1, reply: { seq: 2 } },
  });
  expect(sent).toMatchObject({ status: 200, answer: { message: { text: "네", extra: { v: 1, reply: { seq: 2 } } } } });
  const poll = { clientMessageId: newKey(), text: "네", extra: { v: 1, poll: {} } };
  expect(await ask(alice, "POST", `/api/rooms/${roomId}/messages`, poll)).toMatchObject({
    status: 422,
    code: "message.extra_unknown",
  });
});

test("yes and no are words in an address", async () => {
  const idsOf = async (query: string) => {
    const { rooms } = (await ask(bob, "GET", `/api/rooms${query}`)).answer as { rooms: { id: string }[] };
    return rooms.map(({ id }) => id);
  };
  await world.connect(node, bob).run("membership.update", { roomId: roomId as never, archived: true });
  expect([await idsOf(""), await idsOf("?archived=false"), await idsOf("?archived=true")]).toEqual([[], [], [roomId]]);
  await world.connect(node, bob).run("membership.update", { roomId: roomId as never, archived: false });
  expect(await ask(bob, "GET", "/api/rooms?archived=1")).toMatchObject({ status: 400, code: "request.invalid" });
});

/** Commands of rooms that say neither how they are called over HTTP nor why they are not. */
function findSilent(names: Iterable<CommandName>): CommandName[] {
  const rows: Readonly<Record<string, object>> = roomsCommandRoutes;
  return [...names].filter((name) => {
    const row = rows[name];
    return row === undefined || ("noRoute" in row && !/\w+ \w+/.test(String(row.noRoute)));
  });
}

test("every command of rooms has a route, or a reason why not", () => {
  const names: CommandName[] = [];
  node.rooms.register({ command: (name) => void names.push(name), onClosed() {} });
  expect(Object.keys(roomsCommandRoutes).sort()).toEqual([...names].sort());
  expect(findSilent(names)).toEqual([]);
  expect(findSilent([...names, "match.get"])).toEqual(["match.get"]);
});

test("every field of a command with a route comes from one place, and those of the path are in it", () => {
  for (const [name, { path, from }] of listRoutes(roomsCommandRoutes)) {
    expect(Object.keys(from).sort()).toEqual(Object.keys(commands[name as CommandName].input.shape).sort());
    const inPath = Object.entries(from).filter(([, source]) => source === "path");
    expect(inPath.map(([field]) => field)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, field]) => field ?? ""));
  }
});

test("the routes stand in the document with their answers", () => {
  const { paths } = app.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "t", version: "1" } });
  expect(Object.keys(paths ?? {}).sort()).toEqual([
    "/api/rooms",
    "/api/rooms/{roomId}",
    "/api/rooms/{roomId}/messages",
  ]);
});
