import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { eventually, requires } from "@maru/testkit";
import { WebSocket } from "ws";
import { startTestServer, type TestServer } from "../../../apps/server/src/testing/start-test-server.ts";
import { createClient } from "./client.ts";
import { newPassword, newPerson } from "./fixtures/story.fixture.ts";

const here = import.meta.dir;
/** A project outside this repository that has the built package, and `ws`. */
let project: string;
let server: TestServer;

beforeAll(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), "maru-outside-")));
  const modules = join(project, "node_modules");
  const built = await run([process.execPath, join(here, "../build.ts"), join(modules, "@maru/client")]);
  expect(built).toContain("types in");
  await symlink(dirname(Bun.resolveSync("ws/package.json", here)), join(modules, "ws"));
  await Bun.write(join(project, "package.json"), JSON.stringify({ type: "module", private: true }));
  server = await startTestServer();
}, 60_000);

afterAll(async () => {
  await server?.stop();
  await rm(project, { recursive: true, force: true });
});

async function run(words: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<string> {
  const env = { ...process.env, ...more };
  const child = Bun.spawn([...words], { cwd: project, env, stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(out + err);
  return out;
}

/** The example of the README, so that it is what people find there that runs. */
async function readExample(): Promise<string> {
  const text = await Bun.file(join(here, "../README.md")).text();
  const example = /^## A bot in ten lines\n[\s\S]*?^```js\n([\s\S]*?)^```$/m.exec(text)?.[1];
  if (!example) throw new Error("The README has no bot.");
  return example;
}

/** Starts the bot under a program, writes to it, and reads its answer. */
async function talkWithBot(program: string): Promise<void> {
  const [bot, person] = [await newPerson(server.port), await newPerson(server.port)];
  const file = join(project, `bot-${bot.name.replace(" ", "-")}.js`);
  await Bun.write(file, await readExample());
  const env = { PATH: process.env.PATH ?? "", MARU_URL: server.url, EMAIL: bot.email, PASSWORD: newPassword };
  const child = Bun.spawn([program, file], { cwd: project, env, stdout: "pipe", stderr: "inherit" });
  try {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) if (text.includes("listening")) break;
    const { id } = await person.maru.rooms.openDirect(bot.nickname);
    const { room } = person.maru.rooms.open(id);
    person.maru.rooms.send(id, "거기 누구 있어요?");
    await eventually("the bot answers", () => {
      const now = room.getSnapshot();
      return now.state === "ready" && now.messages.some(({ text }) => text === "메아리: 거기 누구 있어요?");
    });
  } finally {
    child.kill();
    await Promise.all([child.exited, bot.stop(), person.stop()]);
  }
}

test("the bot of the README takes ten lines at most", async () => {
  const lines = (await readExample()).split("\n").filter((line) => line.trim() !== "");
  expect(lines.length).toBeLessThanOrEqual(10);
});

test("the bot of the README answers under Bun", () => talkWithBot(process.execPath), 30_000);

const node = requires("node");
node.test("the bot of the README answers under Node", () => talkWithBot(node.path), 30_000);

/** A bot that takes along what it needs alone: no part stands in `index.js`. */
const partsBot = `
import { createCore, ClientCore } from "@maru/client/core";
import { createAccount } from "@maru/client/account";
import { createMatching } from "@maru/client/matching";
import { createPresence } from "@maru/client/presence";
import { createRooms } from "@maru/client/rooms";
import WebSocket from "ws";

const { MARU_URL: url, EMAIL: email, PASSWORD: password, TO: to } = process.env;
const core = createCore({ url, socket: WebSocket });
if (!(core instanceof ClientCore)) throw new Error("two cores");
const [account, rooms, matching] = [createAccount(core), createRooms(core), createMatching(core)];
const presence = createPresence(core, rooms);
await core.signIn({ email, password });
const { id } = await rooms.openDirect(to);
rooms.open(id).room.subscribe(() => {});
rooms.onMessage(({ isOwn }) => {
  if (!isOwn) return;
  const { length } = rooms.list.getSnapshot().rooms;
  const state = matching.snapshot.getSnapshot().state;
  account.listSessions().then((sessions) => {
    console.log(JSON.stringify({ length, state, devices: sessions.length, seen: presence.snapshot.getSnapshot().size }));
    process.exit(0);
  });
});
rooms.send(id, "조각");
`;

async function runParts(program: string): Promise<void> {
  const [bot, person] = [await newPerson(server.port), await newPerson(server.port)];
  try {
    const file = join(project, "parts.js");
    await Bun.write(file, partsBot);
    const env = { MARU_URL: server.url, EMAIL: bot.email, PASSWORD: newPassword, TO: person.nickname };
    const told = await run([program, file], env);
    expect(JSON.parse(told)).toEqual({ length: 1, state: "idle", devices: 2, seen: 0 });
    await eventually("it is heard", () => person.maru.rooms.list.getSnapshot().rooms[0]?.lastMessage?.text === "조각");
  } finally {
    await Promise.all([bot.stop(), person.stop()]);
  }
}

test("a bot of parts talks under Bun", () => runParts(process.execPath), 30_000);
node.test("a bot of parts talks under Node", () => runParts(node.path), 30_000);

test("ws serves as the socket as it is", async () => {
  const { email, stop } = await newPerson(server.port);
  const maru = createClient({ url: server.url, socket: WebSocket });
  await maru.signIn({ email, password: newPassword });
  await eventually("it is online", () => maru.connection.getSnapshot().state === "online");
  maru.close();
  await stop();
});

test("the types say what the package does, to a strict project that has nothing else", async () => {
  await Bun.write(join(project, "typed.ts"), typed);
  const compilerOptions = { strict: true, noEmit: true, module: "nodenext", target: "esnext", types: [] };
  const lib = ["esnext", "dom"];
  const options = { ...compilerOptions, lib, exactOptionalPropertyTypes: true, skipLibCheck: false };
  await Bun.write(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["typed.ts"] }));
  const tsc = join(dirname(Bun.resolveSync("typescript/package.json", here)), "bin/tsc");
  expect(await run([process.execPath, "--bun", tsc, "-p", project])).toBe("");
}, 30_000);

/** Each `@ts-expect-error` fails where a type is looser than it says, for example because it was not found. */
const typed = `
import { createClient, type HeardMessage, MaruClientError, type RoomSnapshot } from "@maru/client";
import { createCore } from "@maru/client/core";
import { createMatching } from "@maru/client/matching";
import { createRooms, type Rooms } from "@maru/client/rooms";

const core = createCore({ url: "https://talk.example" });
const rooms: Rooms = createRooms(core);
// @ts-expect-error: matching stands on a core
createMatching(rooms);
const max: number = core.limits.getSnapshot().messageCharacters;
rooms.send("room", "a".repeat(max));

const maru = createClient({ url: "https://talk.example" });
const stop: () => void = maru.rooms.onMessage(({ roomId, message, isOwn }: HeardMessage) => {
  const seq: number = message.seq;
  const text: string | undefined = message.text;
  // @ts-expect-error: a message may have no text
  const wrong: string = message.text;
  if (!isOwn && text) maru.rooms.send(roomId, String(seq));
});
const now: RoomSnapshot = maru.rooms.open("room").room.getSnapshot();
if (now.state === "ready") {
  const kind: "direct" | "group" | "match" | "channel" | "support" = now.summary.kind;
  const alias: { adjective: number; noun: number } | undefined = now.summary.members[0]?.alias;
  // @ts-expect-error: no such field
  now.summary.nothing;
}
const match = maru.match.snapshot.getSnapshot();
// @ts-expect-error: only a match has a room
match.roomId;
if (match.state === "matched") maru.rooms.open(match.roomId);
maru.rooms.update("room", { pinned: true });
// @ts-expect-error: pinned is yes or no
maru.rooms.update("room", { pinned: "yes" });
// @ts-expect-error: not a code of the catalogue
const code: "made.up" = new MaruClientError({ code: "room.closed" }).code;
stop();
`;
