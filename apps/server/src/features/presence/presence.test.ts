import { afterAll, beforeAll, expect, test } from "bun:test";
import { type CommandName, commands, limits, type MemberPresence, type Push, pushes, toWireId } from "@maru/protocol";
import { eventually, FakeClock } from "@maru/testkit";
import { newId } from "../../platform/ids.ts";
import { openTestDatabase, type TestDatabase } from "../../testing/open-test-database.ts";
import { createPresence, type PresenceDeps } from "./index.ts";

type Peer = Awaited<ReturnType<PresenceDeps["rooms"]["listPeers"]>>[number];

/** Words from node to node; `isCut` loses all. */
class Hub {
  isCut = false;
  readonly #handlers = new Set<{ bus: object; handle: (payload: string) => void }>();
  connect(): PresenceDeps["bus"] {
    const bus = {};
    return {
      publish: (_subject, payload) => {
        if (this.isCut) return;
        for (const entry of this.#handlers) if (entry.bus !== bus) queueMicrotask(() => entry.handle(payload));
      },
      subscribe: async (_subject, handle) => {
        const entry = { bus, handle };
        this.#handlers.add(entry);
        return () => this.#handlers.delete(entry);
      },
    };
  }
}

class Device {
  isOpen = true;
  readonly topics = new Set<string>();
  readonly received: Push<"presence.changed">[] = [];
  readonly #slots = new Map<symbol, unknown>();
  constructor(readonly accountId: string) {}
  subscribe = (topic: string) => void this.topics.add(topic);
  unsubscribe = (topic: string) => void this.topics.delete(topic);
  slot<T>(key: symbol, create: () => T): T {
    if (!this.#slots.has(key)) this.#slots.set(key, create());
    return this.#slots.get(key) as T;
  }
  get last(): string | undefined {
    return this.received.at(-1)?.presence;
  }
}

let database: TestDatabase;
const hub = new Hub();
const clock = new FakeClock();
/** Who shares a room with whom, by room. */
const rooms = new Map<string, string[]>();
const hidden = new Set<string>();
/** Who is to be seen as offline, by room and account. */
const silent = new Set<string>();
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

function openNode() {
  const devices = new Set<Device>();
  const handlers = new Map<CommandName, (device: Device, input: never) => unknown>();
  const opened: ((device: Device) => void)[] = [];
  const closed: ((device: Device, accountId: string) => void)[] = [];
  const sightLost: ((accountId: string, roomId: string) => void)[] = [];
  const sightChanged: ((roomId: string) => void)[] = [];
  const state = { isBusy: false };
  const presence = createPresence({
    db: database.db,
    bus: hub.connect(),
    sockets: {
      publish(topic, texts) {
        const told = texts.map((text) => pushes["presence.changed"].parse(JSON.parse(text)) as never);
        for (const device of devices) if (device.topics.has(topic)) device.received.push(...told);
      },
      connectionsOf: (accountId) => [...devices].filter((device) => device.accountId === accountId),
    },
    rooms: {
      async listPeers(accountId, roomIds) {
        const seen = roomIds.filter((roomId) => rooms.get(roomId)?.includes(accountId) && !hidden.has(roomId));
        return seen.flatMap((roomId): Peer[] =>
          (rooms.get(roomId) ?? [])
            .filter((other) => other !== accountId)
            .map((other) => ({ roomId, memberId: other, accountId: other, isSilent: silent.has(`${roomId}${other}`) })),
        );
      },
      onSightLost: (listen) => sightLost.push(listen),
      onSightChanged: (listen) => sightChanged.push(listen),
    },
    clock,
    log: { warn: () => {} },
    limits,
    nodeId: newId(),
    isBusy: () => state.isBusy,
  });
  presence.register({
    command: (name, handle) => void handlers.set(name, handle as never),
    onConnected: (listen) => opened.push(listen as never),
    onClosed: (listen) => closed.push(listen as never),
  });
  return {
    presence,
    state,
    connect(accountId: string): Device {
      const device = new Device(accountId);
      devices.add(device);
      for (const listen of opened) listen(device);
      return device;
    },
    close(device: Device): void {
      devices.delete(device);
      device.isOpen = false;
      for (const listen of closed) listen(device, device.accountId);
    },
    seeOtherwise: (roomId: string) => {
      for (const listen of sightChanged) listen(roomId);
    },
    loseSight: (accountId: string, roomId: string) => {
      for (const listen of sightLost) listen(accountId, roomId);
    },
    async set(device: Device, presence: "online" | "away"): Promise<void> {
      await handlers.get("presence.set")?.(device, commands["presence.set"].input.parse({ presence }) as never);
    },
    async watch(device: Device, ...roomIds: string[]): Promise<MemberPresence[]> {
      const input = commands["presence.watch"].input.parse({ roomIds: roomIds.map((id) => toWireId("room", id)) });
      const answer = await handlers.get("presence.watch")?.(device, input as never);
      return commands["presence.watch"].output.parse(answer).presences;
    },
  };
}

async function openNodes() {
  const nodes = [openNode(), openNode()] as const;
  for (const node of nodes) await node.presence.start();
  return nodes;
}

async function newAccount(): Promise<string> {
  const id = newId();
  await database.db.sql`
    insert into identity_accounts (id, nickname, nickname_key, avatar_seed, created_at)
    values (${id}, ${id}, ${id}, '', now())`;
  return id;
}

async function share(): Promise<{ roomId: string; viewer: string; other: string }> {
  const [roomId, viewer, other] = [newId(), await newAccount(), await newAccount()];
  rooms.set(roomId, [viewer, other]);
  return { roomId, viewer, other };
}

/** Lets time pass until something is seen: writes and looks happen between the steps. */
const seen = (what: string, ask: () => boolean) =>
  eventually(what, async () => {
    await clock.advance(100);
    return ask();
  });

test("a person is seen coming, going away and leaving, from another node", async () => {
  const [here, there] = await openNodes();
  const { roomId, viewer, other } = await share();
  const eye = here.connect(viewer);
  expect(await here.watch(eye, roomId)).toMatchObject([
    { presence: "offline", memberId: toWireId("membership", other) },
  ]);
  const device = there.connect(other);
  await seen("online", () => eye.last === "online");
  await there.set(device, "away");
  await seen("away", () => eye.last === "away");
  await there.set(device, "online");
  await seen("online again", () => eye.last === "online");
  there.close(device);
  await seen("offline", () => eye.last === "offline");
});

test("one device in use is enough, wherever the others are", async () => {
  const [here, there] = await openNodes();
  const { roomId, viewer, other } = await share();
  const eye = here.connect(viewer);
  await here.watch(eye, roomId);
  const [phone, laptop] = [here.connect(other), there.connect(other)];
  await here.set(phone, "away");
  await seen("online", () => eye.last === "online");
  await there.set(laptop, "away");
  await seen("away", () => eye.last === "away");
  there.close(laptop);
  await here.set(phone, "online");
  await seen("online", () => eye.last === "online");
  expect(eye.received.map(({ presence }) => presence)).not.toContain("offline");
});

test("a reload is not seen", async () => {
  const [here, there] = await openNodes();
  const { roomId, viewer, other } = await share();
  const eye = here.connect(viewer);
  await here.watch(eye, roomId);
  const before = there.connect(other);
  await seen("online", () => eye.last === "online");
  there.close(before);
  await clock.advance(limits.offlineAfterMs / 2);
  there.connect(other);
  await clock.advance(limits.offlineAfterMs * 2);
  expect(eye.received.map(({ presence }) => presence)).toEqual(["online"]);
});

test("what the bus loses is looked up", async () => {
  const [here, there] = await openNodes();
  const { roomId, viewer, other } = await share();
  const eye = here.connect(viewer);
  await here.watch(eye, roomId);
  hub.isCut = true;
  there.connect(other);
  await seen("online although the bus is silent", () => eye.last === "online");
  hub.isCut = false;
});

test("a node that dies without a word takes its people with it", async () => {
  const [here] = await openNodes();
  const { roomId, viewer, other } = await share();
  const dead = newId();
  await database.db.sql`insert into presence_nodes (id) values (${dead})`;
  await database.db.sql`
    insert into presence_accounts (account_id, node_id, is_away) values (${other}, ${dead}, false)`;
  const eye = here.connect(viewer);
  expect(await here.watch(eye, roomId)).toMatchObject([{ presence: "online" }]);
  await database.db.sql`update presence_nodes set beat_at = beat_at - interval '1 minute' where id = ${dead}`;
  await seen("offline", () => eye.last === "offline");
  await eventually("nothing is left of it", async () => {
    await clock.advance(1_000);
    return (await database.db.sql`select 1 from presence_accounts where node_id = ${dead}`).length === 0;
  });
});

test("a node that was given up while it slept says everything again", async () => {
  const [here] = await openNodes();
  const { other } = await share();
  here.connect(other);
  const isWritten = async () =>
    (await database.db.sql`select 1 from presence_accounts where account_id = ${other}`).length === 1;
  const eventuallyWritten = () =>
    eventually("it is written", async () => {
      await clock.advance(1_000);
      return isWritten();
    });
  await eventuallyWritten();
  await database.db.sql`delete from presence_accounts where account_id = ${other}`;
  await database.db.sql`delete from presence_nodes`;
  expect(await isWritten()).toBe(false);
  await eventuallyWritten();
});

test("only who may see is told, and the sight ends at once", async () => {
  const [here] = await openNodes();
  const { roomId, viewer, other } = await share();
  const stranger = here.connect(newId());
  expect(await here.watch(stranger, roomId)).toEqual([]);
  const eye = here.connect(viewer);
  await here.watch(eye, roomId);
  const device = here.connect(other);
  await seen("online", () => eye.last === "online");
  hidden.add(roomId);
  here.loseSight(viewer, roomId);
  await here.set(device, "away");
  await clock.advance(20_000);
  expect([eye.last, stranger.received]).toEqual(["online", []]);
  expect(await here.watch(eye, roomId)).toEqual([]);
});

test("watching other rooms ends the rooms of before", async () => {
  const [here] = await openNodes();
  const [one, two] = [await share(), await share()];
  rooms.set(two.roomId, [one.viewer, two.other]);
  const eye = here.connect(one.viewer);
  await here.watch(eye, one.roomId);
  await here.watch(eye, two.roomId);
  here.connect(one.other);
  here.connect(two.other);
  await seen("the one that is watched", () => eye.last === "online");
  expect(eye.received.map(({ roomId }) => roomId)).toEqual([toWireId("room", two.roomId)]);
});

test("under load nothing is written until there is time", async () => {
  const [here] = await openNodes();
  const { roomId, viewer, other } = await share();
  const eye = here.connect(viewer);
  await here.watch(eye, roomId);
  here.state.isBusy = true;
  here.connect(other);
  await clock.advance(10_000);
  expect(await database.db.sql`select 1 from presence_accounts where account_id = ${other}`).toHaveLength(0);
  here.state.isBusy = false;
  await seen("online", () => eye.last === "online");
});

test("who is silent to somebody looks offline to them whatever they do, and as they are again afterwards", async () => {
  const [here, there] = await openNodes();
  const { roomId, viewer, other } = await share();
  const eye = here.connect(viewer);
  await here.watch(eye, roomId);
  const device = there.connect(other);
  await seen("online", () => eye.last === "online");
  silent.add(`${roomId}${other}`);
  here.seeOtherwise(roomId);
  await seen("offline", () => eye.last === "offline");
  const told = eye.received.length;
  await there.set(device, "away");
  await clock.advance(20_000);
  await there.set(device, "online");
  await clock.advance(20_000);
  expect(eye.received).toHaveLength(told);
  expect(await here.watch(eye, roomId)).toMatchObject([{ presence: "offline" }]);
  silent.delete(`${roomId}${other}`);
  here.seeOtherwise(roomId);
  await seen("online again", () => eye.last === "online");
});
