import { type MembershipId, type Push, type RoomId, toWireId } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import type { App } from "../apps/server/src/app.ts";
import type { Database } from "../apps/server/src/platform/db/database.ts";
import { RawSocket } from "./raw-person.ts";

/** Somebody with an access token. */
type MintedAccount = { readonly accountId: string; readonly nickname: string; readonly token: string };

/** A server that runs, and how to make accounts on it. */
export type TwinServer = {
  readonly url: string;
  readonly app: App;
  readonly db: Database;
  readonly mint: (nickname: string) => Promise<MintedAccount>;
};

/** A watcher: two devices, a direct room with an acquaintance unless none is open yet, and what they know of a match room. */
export type Watcher = {
  readonly account: MintedAccount;
  readonly devices: readonly [RawSocket, RawSocket];
  readonly direct: RoomId | null;
  readonly acquaintance: MintedAccount;
  /** Every room of theirs, which both devices watch. */
  readonly watched: readonly RoomId[];
  /** A room with somebody who stands for the rest of the world; what they say last tells that all before was told. */
  readonly witnessed: RoomId;
};

/** Two strangers in a match room, of whom `one` acts. */
export type Stage = {
  readonly server: TwinServer;
  readonly match: RoomId;
  readonly one: Watcher;
  readonly other: Watcher;
  /** The other one as a member of the match room. */
  readonly partnerId: MembershipId;
  /** Who is the acquaintance of `one`, where they look on too: the other one, or somebody else. */
  readonly receiver?: Watcher;
  readonly witness: { readonly account: MintedAccount; readonly socket: RawSocket };
  close(): void;
};

let count = 0;
/** Somewhere else each time: together the stages open more sockets than one address may. */
export const newAddress = () => `203.0.113.${++count % 250}`;
export const newKey = () => `twin-${String(++count).padStart(8, "0")}`;

/** The direct room of a watcher who has one. */
export function directOf({ direct }: Watcher): RoomId {
  if (direct === null) throw new Error("no direct room is open here");
  return direct;
}

/** Waits until a room has come to somebody's list, as it does with the first message. */
export const isListed = (socket: RawSocket, roomId: RoomId) =>
  eventually(
    "the room is in the list",
    () => socket.pushes.some((push) => push.push === "membership.changed" && push.room.id === roomId),
    60_000,
  );

async function talk(one: RawSocket, other: RawSocket, nickname: string): Promise<RoomId> {
  const { room } = await one.expectOk("direct.open", { nickname });
  await say(one, room.id);
  await isListed(other, room.id);
  await say(other, room.id);
  return room.id;
}

export const say = (socket: RawSocket, roomId: string, text = "말") =>
  socket.expectOk("message.send", { roomId, clientMessageId: newKey(), text });

/** Lets both devices watch what they should: one as an open room, the other from its list. */
export async function watchAll({ devices, watched }: Watcher): Promise<void> {
  for (const [i, device] of devices.entries()) {
    const mode = i === 0 ? ("open" as const) : ("head" as const);
    await device.expectOk("room.watch", { rooms: watched.map((roomId) => ({ roomId, mode })) });
    await device.expectOk("presence.watch", { roomIds: [...watched] });
  }
}

/**
 * Sets a match room of two up. Where they know each other, the acquaintance of each is the other; where they do not, it is
 * somebody else. Everything else is the same. With acquaintances there is a direct room, unless they are `apart`: then
 * neither has opened one, and the acquaintance of `one` looks on too, whoever that is.
 */
export async function setStage(server: TwinServer, areAcquainted: boolean, { apart = false } = {}): Promise<Stage> {
  const mint = () => server.mint(`쌍둥이${++count}`);
  const [a, b, c, d, s] = await Promise.all([mint(), mint(), mint(), mint(), mint()]);
  const sockets: RawSocket[] = [];
  const open = async ({ token }: MintedAccount) => {
    const socket = await RawSocket.open(server.url, token, newAddress());
    sockets.push(socket);
    return socket;
  };
  const both = async (account: MintedAccount) => [await open(account), await open(account)] as const;
  const [ofA, ofB, ofC, witness] = [await both(a), await both(b), await both(c), await open(s)];
  const directs = apart
    ? ([null, null] as const)
    : areAcquainted
      ? await talk(ofA[0], ofB[0], b.nickname).then((id) => [id, id] as const)
      : ([await talk(ofA[0], ofC[0], c.nickname), await talk(await open(d), ofB[0], b.nickname)] as const);
  const witnessed = [await talk(witness, ofA[0], a.nickname), await talk(witness, ofB[0], b.nickname)] as const;
  const match = await makeMatch(server, a, b);
  const watcher = (i: 0 | 1): Watcher => {
    const [direct, seen] = [directs[i], witnessed[i]];
    return {
      account: [a, b][i] as MintedAccount,
      devices: [ofA, ofB][i] as typeof ofA,
      direct,
      acquaintance: (areAcquainted ? [b, a] : [c, d])[i] as MintedAccount,
      watched: [match, ...(direct === null ? [] : [direct]), seen],
      witnessed: seen,
    };
  };
  const [one, other] = [watcher(0), watcher(1)];
  const stranger = async (): Promise<Watcher> => {
    const seen = await talk(witness, ofC[0], c.nickname);
    return { account: c, devices: ofC, direct: null, acquaintance: a, watched: [seen], witnessed: seen };
  };
  const receiver = apart ? (areAcquainted ? { ...other, acquaintance: a } : await stranger()) : undefined;
  for (const each of new Set([one, other, ...(receiver && !areAcquainted ? [receiver] : [])])) await watchAll(each);
  const { room } = await ofA[0].expectOk("room.get", { roomId: match });
  const partnerId = room.members.find(({ id }) => id !== room.selfId)?.id as MembershipId;
  const set = { server, match, one, other, partnerId, witness: { account: s, socket: witness } };
  const stage = { ...set, ...(receiver && { receiver }) };
  await settle(stage, "online");
  return { ...stage, close: () => sockets.forEach((socket) => void socket.close()) };
}

/** The same stage, on which the other one acts. */
export async function changeSides(stage: Stage): Promise<Stage> {
  const [one, other] = [stage.other, stage.one];
  const { room } = await one.devices[0].expectOk("room.get", { roomId: stage.match });
  const partnerId = room.members.find(({ id }) => id !== room.selfId)?.id as MembershipId;
  return { ...stage, one, other, partnerId };
}

/** Makes a match as the pairing would, with its room. */
async function makeMatch({ app, db }: TwinServer, a: MintedAccount, b: MintedAccount): Promise<RoomId> {
  const members = [a, b].map(({ accountId }, i) => ({ accountId, alias: { adjective: i, noun: i } }));
  const [low, high] = [a.accountId, b.accountId].sort();
  const made = await db.transaction(async (tx) => {
    const rooms = await app.rooms.createMatchRooms(tx, [{ members: members as never }]);
    const roomId = rooms.roomIds[0] ?? "";
    await tx`
      insert into matching_matches (id, room_id, low_account_id, high_account_id, low_request_id, high_request_id,
        low_joined, high_joined)
      values (gen_random_uuid(), ${roomId}, ${low}, ${high}, gen_random_uuid(), gen_random_uuid(), true, true)`;
    return rooms;
  });
  made.announce();
  return toWireId("room", made.roomIds[0] ?? "");
}

/**
 * Waits until everything that was told before has arrived everywhere: what a witness says, how many have not read it, and how
 * the witness is to be seen come by the same ways, and later.
 */
export async function settle(
  { server, one, other, receiver, witness }: Omit<Stage, "close">,
  presence: "online" | "away",
): Promise<void> {
  await Promise.all([server.app.rooms.compareHeads(), server.app.accountLog.compare()]);
  await witness.socket.expectOk("presence.set", { presence });
  const watchers = [one, other, ...(receiver && receiver.account !== other.account ? [receiver] : [])];
  for (const { devices, watched, witnessed } of watchers) {
    const { message } = await say(witness.socket, witnessed, "끝");
    const isCounted = (push: Push) =>
      push.push === "readers.counted" && push.roomId === witnessed && push.toSeq >= message.seq;
    const isAhead = (push: Push) =>
      push.push === "room.advanced" && push.roomId === witnessed && push.lastSeq >= message.seq;
    await eventually(
      "the end was heard",
      () => devices[0].pushes.some(isCounted) && devices[1].pushes.some(isAhead),
      60_000,
    );
    const { selfId, members } = (await devices[0].expectOk("room.get", { roomId: witnessed })).room;
    const memberId = members.find(({ id }) => id !== selfId)?.id;
    for (const device of devices) {
      const isSeen = (push: Push) =>
        push.push === "presence.changed" && push.memberId === memberId && push.presence === presence;
      const { presences } = await device.expectOk("presence.watch", { roomIds: [...watched] });
      const isKnown = presences.some((seen) => seen.memberId === memberId && seen.presence === presence);
      if (presence === "online" && isKnown) continue;
      await eventually(`the witness is ${presence}`, () => device.pushes.some(isSeen), 60_000);
    }
  }
}
