import { afterAll, beforeAll, expect, test } from "bun:test";
import { eventually, HistoryChecker } from "@maru/testkit";
import { openTestDatabase, type TestDatabase } from "../../../apps/server/src/testing/open-test-database.ts";
import { type SpawnedServer, spawnServer } from "../../../apps/server/src/testing/spawn-server.ts";
import { type Device, follow, newDeviceOf, newPerson, readStored } from "./fixtures/story.fixture.ts";

let database: TestDatabase;
let server: SpawnedServer;
let one: Device;
let two: Device;
let roomId: string;

beforeAll(async () => {
  database = await openTestDatabase();
  server = await spawnServer({ databaseUrl: database.url });
  [one, two] = [await newPerson(server.port), await newPerson(server.port)];
  roomId = (await one.maru.rooms.openDirect(two.nickname)).id;
}, 60_000);

afterAll(async () => {
  for (const device of [one, two]) await device?.stop();
  await server?.stop();
  await database?.close();
}, 30_000);

/** Both in the room, until everything said has reached both. */
async function talk(run: (here: ReturnType<typeof follow>, there: ReturnType<typeof follow>) => Promise<void>) {
  const history = new HistoryChecker();
  const [here, there] = [follow(one, roomId, history), follow(two, roomId, history)];
  const before = new Set((await readStored(database.db.sql)).get(roomId)?.map(({ key }) => key));
  await eventually("both have the room open", () => here.lastSeq >= 0 && here.lastSeq === there.lastSeq);
  await run(here, there);
  await eventually(
    "everything said has reached both",
    () => here.unsentCount + there.unsentCount === 0 && here.lastSeq === there.lastSeq,
    20_000,
  );
  for (const key of before) history.record({ is: "sent", client: "before", roomId, key });
  const { faults, resetCount } = history.check(await readStored(database.db.sql));
  expect({ faults, resetCount }).toEqual({ faults: [], resetCount: 0 });
}

test("two people talk, and both read the same in the same order", async () => {
  await talk(async (here, there) => {
    for (let i = 0; i < 10; i++) {
      here.say(`here ${i}`);
      there.say(`there ${i}`);
    }
    await eventually("both have read all", () => here.texts.length === 20 && there.texts.length === 20);
    expect(here.texts).toEqual(there.texts);
  });
}, 30_000);

test("a reply arrives with its message, and leads to what it answers until that is deleted", async () => {
  await talk(async (here, there) => {
    here.say("question");
    const shown = (device: Device) => {
      const { room, release } = device.maru.rooms.open(roomId);
      release();
      const snapshot = room.getSnapshot();
      return snapshot.state === "ready" ? snapshot.messages : [];
    };
    const find = (device: Device, text: string) => shown(device).find((message) => message.text === text);
    await eventually("the question is there", () => find(two, "question") !== undefined);
    const seq = find(two, "question")?.seq ?? 0;
    there.say({ text: "answer", replyTo: seq });
    await eventually("the answer is there", () => find(one, "answer") !== undefined);
    expect(find(one, "answer")?.extra).toEqual({ v: 1, reply: { seq } });
    expect((await one.maru.rooms.findMessage(roomId, seq))?.text).toBe("question");
    await one.maru.rooms.delete(roomId, seq);
    await eventually("it is gone there too", () => find(two, "question") === undefined);
    const quoted = await two.maru.rooms.findMessage(roomId, seq);
    expect([quoted?.text, typeof quoted?.deletedAt]).toEqual([undefined, "string"]);
  });
}, 30_000);

test("a server that is killed and comes back has lost nothing and doubled nothing", async () => {
  await talk(async (here, there) => {
    for (let i = 0; i < 20; i++) here.say(`before ${i}`);
    await eventually("some of it is acknowledged", () => here.unsentCount < 18);
    await server.kill("SIGKILL");
    for (let i = 0; i < 5; i++) there.say(`while it was away ${i}`);
    await eventually("both have noticed", () =>
      [one, two].every(({ maru }) => maru.connection.getSnapshot().state !== "online"),
    );
    await server.restart();
    for (const { line, revive } of [one, two]) {
      line.targetPort = server.port;
      revive();
    }
  });
}, 60_000);

for (const direction of ["up", "down"] as const) {
  test(`a connection cut in the middle of a frame (${direction}) goes on exactly where it was`, async () => {
    await talk(async (here, there) => {
      for (const afterBytes of [1, 30, 77, 200, 333]) {
        const cut = one.line.cut({ afterBytes, direction });
        here.say(`cut after ${afterBytes} ${"of this ".repeat(50)}`);
        there.say(`heard behind a cut after ${afterBytes} ${"of this ".repeat(50)}`);
        await cut;
        await eventually("it is noticed", () => one.maru.connection.getSnapshot().state !== "online");
        one.revive();
        there.say(`said behind a cut after ${afterBytes}`);
        await eventually("it is said", () => here.unsentCount + there.unsentCount === 0);
      }
    });
  }, 60_000);
}

test("a connection that is silently gone is noticed, and what was said on it goes again", async () => {
  await talk(async (here, there) => {
    one.line.stall();
    here.say("into the void");
    there.say("while nobody heard");
    await eventually("it is noticed", () => one.maru.connection.getSnapshot().state !== "online");
    one.line.heal();
    one.revive();
  });
}, 60_000);

test("who is signed out from another device is signed out, at once and for good", async () => {
  const other = await newDeviceOf(two, server.port);
  const sessions = await two.maru.listSessions();
  const ended = sessions.find((session) => !session.isCurrent);
  await two.maru.endSession(ended?.id ?? "");
  await eventually("it is signed out", () => other.maru.session.getSnapshot().state === "signed_out");
  expect(other.maru.session.getSnapshot()).toEqual({ state: "signed_out", reason: "ended" });
  expect(other.maru.connection.getSnapshot()).toEqual({ state: "idle" });
  expect(two.maru.connection.getSnapshot()).toEqual({ state: "online" });
  await other.stop();
}, 30_000);
