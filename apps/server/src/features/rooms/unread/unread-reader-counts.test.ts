import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { fromWireId, type Push, type RoomId } from "@maru/protocol";
import { eventually, FakeClock } from "@maru/testkit";
import * as fc from "fast-check";
import { FaultyHub } from "../../../testing/faulty-hub.ts";
import {
  newKey,
  openRoomsWorld,
  type RoomsWorld,
  type WorldConnection,
  type WorldNode,
} from "../fixtures/rooms.fixture.ts";
import { maxCursorPlaces } from "./store-unread.ts";
import { stepsOf } from "./unread-reader-counts.ts";

type Counted = Push<"readers.counted">;

/** What a client shows beside a message, written from the protocol alone; null where nothing is told. */
function peopleAt({ toSeq, steps }: Pick<Counted, "toSeq" | "steps">, seq: number): number | null {
  if (seq > toSeq) return null;
  return steps.findLast(([from]) => from <= seq)?.[1] ?? null;
}

describe("steps", () => {
  test("tell for each message how many cursors stand before it", () => {
    const anyCursors = fc.tuple(fc.array(fc.nat({ max: 30 }), { minLength: 1 }), fc.nat({ max: 30 }));
    void fc.assert(
      fc.property(anyCursors, ([places, last]) => {
        const lastSeq = Math.max(last, ...places);
        const seqs = [...new Set(places)].sort((a, b) => b - a);
        const cursors = seqs.map((seq) => ({ seq, people: places.filter((place) => place === seq).length }));
        const steps = stepsOf({ lastSeq, people: places.length, cursors, isWhole: true, skipped: [] });
        for (let seq = 1; seq <= lastSeq; seq++) {
          expect(peopleAt({ toSeq: lastSeq, steps }, seq)).toBe(places.filter((place) => place < seq).length);
        }
      }),
      { seed: 5 },
    );
  });

  test("count one more where a message was never told to somebody whose cursor has passed it", () => {
    const anyRoom = fc.record({
      lastSeq: fc.integer({ min: 1, max: 20 }),
      cursor: fc.nat({ max: 20 }),
      hidden: fc.uniqueArray(fc.integer({ min: 1, max: 20 })),
    });
    void fc.assert(
      fc.property(anyRoom, ({ lastSeq, cursor, hidden }) => {
        const place = Math.min(cursor, lastSeq);
        const skipped = hidden.filter((seq) => seq <= place).sort((a, b) => a - b);
        const cursors = [...new Set([lastSeq, place])].map((seq) => ({ seq, people: place === lastSeq ? 2 : 1 }));
        const steps = stepsOf({ lastSeq, people: 2, cursors, isWhole: true, skipped });
        for (let seq = 1; seq <= lastSeq; seq++) {
          expect(peopleAt({ toSeq: lastSeq, steps }, seq)).toBe(seq > place || skipped.includes(seq) ? 1 : 0);
        }
      }),
      { seed: 6 },
    );
  });

  test("tell nothing of what is older than the places counted", () => {
    const steps = stepsOf({
      lastSeq: 9,
      people: 10,
      cursors: [
        { seq: 9, people: 4 },
        { seq: 7, people: 1 },
      ],
      isWhole: false,
      skipped: [],
    });
    expect([9, 8, 7].map((seq) => peopleAt({ toSeq: 9, steps }, seq))).toEqual([6, 6, null]);
  });
});

describe("live", () => {
  let world: RoomsWorld;
  let nodes: [WorldNode, WorldNode];
  const hub = new FaultyHub();
  beforeAll(async () => {
    hub.lossRate = hub.doubleRate = hub.maxDelayMs = 0;
    world = await openRoomsWorld();
    nodes = [await world.openNode({ bus: hub.connect() }), await world.openNode({ bus: hub.connect() })];
  });
  afterAll(() => world.close());

  const say = async (device: WorldConnection, roomId: RoomId) =>
    (await device.run("message.send", { roomId, clientMessageId: newKey(), text: "말" })).message.seq;
  const open = (device: WorldConnection, roomId: RoomId) =>
    device.run("room.watch", { rooms: [{ roomId, mode: "open" }] });
  const latest = (device: WorldConnection, roomId: RoomId): Counted | undefined =>
    device.received.findLast((push): push is Counted => push.push === "readers.counted" && push.roomId === roomId);
  const shows = (device: WorldConnection, roomId: RoomId, seq: number, people: number) =>
    eventually(`${people} people have not read ${seq}`, () => {
      const counted = latest(device, roomId);
      return counted !== undefined && peopleAt(counted, seq) === people;
    });

  async function group(size: number) {
    const accounts = await world.newAccounts(size);
    const { roomId } = await world.newGroup(accounts);
    const devices = accounts.map((accountId, i) => world.connect(nodes[i % 2] as WorldNode, accountId));
    return { accounts, roomId, devices: devices as [WorldConnection, WorldConnection, WorldConnection] };
  }

  test("the number falls as others read, on every node, and the author is never counted", async () => {
    const { roomId, devices } = await group(3);
    const [one, two, three] = devices;
    await Promise.all(devices.map((device) => open(device, roomId)));
    const seq = await say(one, roomId);
    await Promise.all(devices.map((device) => shows(device, roomId, seq, 2)));
    await two.run("room.read", { roomId, seq });
    await Promise.all(devices.map((device) => shows(device, roomId, seq, 1)));
    await three.run("room.read", { roomId, seq });
    await Promise.all(devices.map((device) => shows(device, roomId, seq, 0)));
  });

  test("who opens a room is told, and who has it in the list only is not", async () => {
    const { roomId, devices } = await group(3);
    const [one, two, three] = devices;
    const seq = await say(one, roomId);
    await open(one, roomId);
    await shows(one, roomId, seq, 2);
    await open(three, roomId);
    await shows(three, roomId, seq, 2);
    await two.run("room.watch", { rooms: [{ roomId, mode: "head" }] });
    await three.run("room.read", { roomId, seq });
    await shows(one, roomId, seq, 1);
    expect(latest(two, roomId)).toBeUndefined();
  });

  test("who comes later has not missed what was said before, and who leaves is waited for no more", async () => {
    const { roomId, devices } = await group(3);
    const [one, two] = devices;
    await open(one, roomId);
    const before = await say(one, roomId);
    const [late = ""] = await world.newAccounts(1);
    await nodes[1].rooms.joinRoom({ accountId: late, roomId: fromWireId(roomId), alias: { adjective: 1, noun: 1 } });
    const after = await say(one, roomId);
    await shows(one, roomId, after, 3);
    await shows(one, roomId, before, 2);
    await two.run("room.leave", { roomId });
    await shows(one, roomId, after, 2);
    await shows(one, roomId, before, 1);
  });

  test("a notice that the bus loses is found by the comparison", async () => {
    const clock = new FakeClock();
    const cutOff = await world.openNode({ bus: hub.connect(), clock });
    const { accounts, roomId, devices } = await group(2);
    const one = world.connect(cutOff, accounts[0] ?? "");
    await open(one, roomId);
    const seq = await say(one, roomId);
    await clock.advance(1_000);
    await shows(one, roomId, seq, 1);
    hub.lossRate = 1;
    await devices[1].run("room.read", { roomId, seq });
    hub.lossRate = 0;
    expect(latest(one, roomId)).toMatchObject({ toSeq: seq });
    await eventually("the comparison finds who has read", async () => {
      await clock.advance(5_000);
      return peopleAt(latest(one, roomId) as Counted, seq) === 0;
    });
  });

  test("ten thousand members cost one count a second and no push per reader", async () => {
    const { roomId, devices } = await group(10_000);
    const [one] = devices;
    await Promise.all([open(one, roomId), open(devices[1], roomId)]);
    const seq = await say(one, roomId);
    await shows(one, roomId, seq, 9_999);
    const framesBefore = nodes[0].gateway.frameCount;
    const started = performance.now();
    await Promise.all(devices.slice(1, 2_001).map((device) => device.run("room.read", { roomId, seq })));
    await shows(one, roomId, seq, 7_999);
    const seconds = (performance.now() - started) / 1000;
    expect(nodes[0].gateway.frameCount - framesBefore).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
    expect(latest(one, roomId)?.steps.length).toBeLessThanOrEqual(maxCursorPlaces + 1);
  });
});
