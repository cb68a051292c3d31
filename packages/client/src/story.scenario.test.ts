import { expect, test } from "bun:test";
import { eventually, HistoryChecker, seededRandom } from "@maru/testkit";
import { startTestServer } from "../../../apps/server/src/testing/start-test-server.ts";
import { type Device, follow, newDeviceOf, newPerson, readStored, untilOnline } from "./fixtures/story.fixture.ts";

type View = ReturnType<typeof follow>;

/** Each run has a story of its own, told by its seed where it fails. */
const seed = Math.floor(Math.random() * 1_000_000);
const turns = 15;

/** Somebody talks in their rooms while their network does whatever networks do. */
async function play(device: Device, views: readonly View[], random: () => number): Promise<void> {
  const { line, maru } = device;
  const below = (end: number) => Math.floor(random() * end);
  for (let turn = 0; turn < turns; turn++) {
    const say = () => views[below(views.length)]?.say(`${device.name}, turn ${turn}`);
    say();
    const chance = random();
    if (chance < 0.15) {
      const cut = line.cut({ afterBytes: 1 + below(600), direction: random() < 0.5 ? "up" : "down" });
      say();
      say();
      await Promise.race([cut, eventually("it was too short to be cut", () => unsentOf(views) === 0)]);
    } else if (chance < 0.25) line.reset();
    else if (chance < 0.3) {
      line.stall();
      say();
      await eventually("it is noticed", () => maru.connection.getSnapshot().state !== "online", 20_000);
    } else if (chance < 0.4) line.slice(1 + below(40));
    else if (chance < 0.5) line.delay(below(8));
    else if (chance < 0.55) {
      line.refuse();
      line.reset();
      say();
      await eventually("it is noticed", () => maru.connection.getSnapshot().state !== "online", 20_000);
    }
    if (random() < 0.5) line.heal();
    if (maru.connection.getSnapshot().state !== "online") {
      line.heal();
      device.revive();
      await untilOnline(device);
    }
    await eventually("not too much waits", () => unsentOf(views) < 6, 20_000);
  }
  line.heal();
}

function unsentOf(views: readonly View[]): number {
  return views.reduce((sum, view) => sum + view.unsentCount, 0);
}

test(`whatever the networks do, everybody ends with what the database has (seed ${seed})`, async () => {
  const server = await startTestServer();
  const people = [await newPerson(server.port), await newPerson(server.port), await newPerson(server.port)] as const;
  const devices = [...people, await newDeviceOf(people[0], server.port)];
  const [a, b, c] = people;
  const rooms = {
    ab: (await a.maru.rooms.openDirect(b.nickname)).id,
    ac: (await a.maru.rooms.openDirect(c.nickname)).id,
    bc: (await b.maru.rooms.openDirect(c.nickname)).id,
  };
  const roomsOf = [
    [rooms.ab, rooms.ac],
    [rooms.ab, rooms.bc],
    [rooms.ac, rooms.bc],
    [rooms.ab, rooms.ac],
  ];
  const history = new HistoryChecker();
  const views = devices.map((device, i) => (roomsOf[i] ?? []).map((roomId) => follow(device, roomId, history)));
  await eventually("all have their rooms open", () => views.flat().every(({ lastSeq }) => lastSeq >= 0));

  const random = seededRandom(seed);
  await Promise.all(devices.map((device, i) => play(device, views[i] ?? [], seededRandom(Math.floor(random() * 1e9)))));

  const stored = await eventually(
    "all is said",
    async () => unsentOf(views.flat()) === 0 && (await readStored(server.db.sql)),
    30_000,
  );
  await eventually("all have the last message", () =>
    views.every((own, i) => own.every((view, j) => view.lastSeq === stored.get(roomsOf[i]?.[j] ?? "")?.length)),
  );
  const { faults, resetCount, sentCount } = history.check(stored);
  expect({ seed, faults, resetCount }).toEqual({ seed, faults: [], resetCount: 0 });
  expect(sentCount).toBeGreaterThanOrEqual(turns * devices.length);
  for (const device of devices) await device.stop();
  await server.stop();
}, 120_000);
