import { type Clock, toWireId } from "@maru/protocol";
import { eventually, FaultProxy, type HistoryChecker, type StoredMessage } from "@maru/testkit";
import { createClient, type MaruClient } from "./client.ts";

/** How many times sooner a client in a hurry gives up waiting. */
const hurry = 10;

/** Real time for clients that wait a tenth as long for everything, so that a test sees them give up. */
export const acceleratedClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (callback, delayMs) => ({ timer: setTimeout(callback, delayMs / hurry) }),
  clearTimeout: ({ timer }) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

export const newPassword = "hanok-floor-4";
let count = 0;

/** A device of somebody, with a bad network of its own between it and the server. */
export type Device = {
  readonly name: string;
  readonly maru: MaruClient;
  readonly line: FaultProxy;
  readonly email: string;
  readonly nickname: string;
  /** Tells it that the network is back: it tries again at once. */
  revive(): void;
  stop(): Promise<void>;
};

/** Signs somebody up at a server. */
export async function newPerson(port: number): Promise<Device> {
  const device = await newDevice(
    port,
    `person${++count}-${process.pid}@maru.example`,
    `사람${process.pid % 1000}${count}`,
  );
  const { terms, privacy } = await device.maru.getLegal();
  const { email, nickname } = device;
  const consents = { terms: terms.version, privacy: privacy.version };
  await device.maru.signUp({ email, password: newPassword, nickname, isFourteenOrOver: true, consents });
  await untilOnline(device);
  return device;
}

/** Signs somebody in on one more device. */
export async function newDeviceOf({ email, nickname }: Device, port: number): Promise<Device> {
  const device = await newDevice(port, email, nickname);
  await device.maru.signIn({ email, password: newPassword });
  await untilOnline(device);
  return device;
}

async function newDevice(port: number, email: string, nickname: string): Promise<Device> {
  const line = await FaultProxy.start(port);
  let revive = () => {};
  const environment = {
    isOnline: () => true,
    onWake(listener: () => void) {
      revive = listener;
      return () => {};
    },
  };
  const maru = createClient({ url: line.url, clock: acceleratedClock, environment });
  const stop = async () => {
    maru.close();
    await line.stop();
  };
  return { name: `${nickname} ${++count}`, maru, line, email, nickname, revive: () => revive(), stop };
}

export function untilOnline({ name, maru }: Device): Promise<unknown> {
  return eventually(`${name} is online`, () => maru.connection.getSnapshot().state === "online", 20_000);
}

/** Opens a room on a device, and records what it is told there as it is told. */
export function follow({ name, maru }: Device, roomId: string, history: HistoryChecker) {
  const { room } = maru.rooms.open(roomId);
  let last: number | null = null;
  const look = () => {
    const now = room.getSnapshot();
    if (now.state !== "ready") return;
    const first = now.messages[0]?.seq ?? 1;
    if (last !== null && first > last + 1) {
      history.record({ is: "reset", client: name, roomId });
      last = null;
    }
    for (const { seq, clientMessageId: key = "" } of now.messages) {
      if (last !== null && seq <= last) continue;
      history.record({ is: "told", client: name, roomId, seq, key });
      last = seq;
    }
  };
  room.subscribe(look);
  look();
  return {
    say(text: string): void {
      history.record({ is: "said", client: name, roomId, key: maru.rooms.send(roomId, text) });
    },
    /** Messages that the server has not acknowledged. */
    get unsentCount(): number {
      const now = room.getSnapshot();
      return now.state === "ready" ? now.unsent.length : Number.POSITIVE_INFINITY;
    },
    get lastSeq(): number {
      const now = room.getSnapshot();
      return now.state === "ready" ? (now.messages.at(-1)?.seq ?? 0) : -1;
    },
    get texts(): (string | undefined)[] {
      const now = room.getSnapshot();
      return now.state === "ready" ? now.messages.filter(({ kind }) => kind === "text").map(({ text }) => text) : [];
    },
  };
}

/** What all rooms hold, past the product's doors: a test does not believe what it is told. */
export async function readStored(sql: Bun.SQL): Promise<Map<string, StoredMessage[]>> {
  const rows: { room: string; seq: number; key: string | null }[] = await sql`
    select room_id::text as room, seq, client_message_id as key from rooms_messages order by room_id, seq`;
  const stored = new Map<string, StoredMessage[]>();
  for (const { room, seq, key } of rows) {
    const roomId = toWireId("room", room);
    stored.set(roomId, [...(stored.get(roomId) ?? []), { seq, key: key ?? "" }]);
  }
  return stored;
}
