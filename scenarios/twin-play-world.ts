import {
  type CommandArgument,
  type CommandName,
  type CommandOutput,
  httpPaths,
  type MembershipId,
  type Push,
  type RoomId,
  toWireId,
} from "@maru/protocol";
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

/** A watcher: two devices, a direct room with an acquaintance, and what they know of a match room. */
export type Watcher = {
  readonly account: MintedAccount;
  readonly devices: readonly [RawSocket, RawSocket];
  readonly direct: RoomId;
  readonly acquaintance: MintedAccount;
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
  readonly witness: { readonly account: MintedAccount; readonly socket: RawSocket };
  close(): void;
};

let count = 0;
/** Somewhere else each time: together the stages open more sockets than one address may. */
const newAddress = () => `203.0.113.${++count % 250}`;
const newKey = () => `twin-${String(++count).padStart(8, "0")}`;

async function talk(one: RawSocket, other: RawSocket, nickname: string): Promise<RoomId> {
  const { room } = await one.expectOk("direct.open", { nickname });
  await say(one, room.id);
  // It comes to the other one's list with the first message, numbered in their log a moment later.
  const isListed = (push: Push) => push.push === "membership.changed" && push.room.id === room.id;
  await eventually("the room is in the list", () => other.pushes.some(isListed), 60_000);
  await say(other, room.id);
  return room.id;
}

const say = (socket: RawSocket, roomId: string, text = "말") =>
  socket.expectOk("message.send", { roomId, clientMessageId: newKey(), text });

/**
 * Sets a match room of two up. Where they know each other, the acquaintance in the direct room of each is the other; where
 * they do not, it is somebody else. Everything else is the same.
 */
export async function setStage(server: TwinServer, areAcquainted: boolean): Promise<Stage> {
  const mint = () => server.mint(`쌍둥이${++count}`);
  const [a, b, c, d, s] = await Promise.all([mint(), mint(), mint(), mint(), mint()]);
  const sockets: RawSocket[] = [];
  const open = async ({ token }: MintedAccount) => {
    const socket = await RawSocket.open(server.url, token, newAddress());
    sockets.push(socket);
    return socket;
  };
  const [ofA, ofB] = [[await open(a), await open(a)] as const, [await open(b), await open(b)] as const];
  const [socketC, socketD, witness] = [await open(c), await open(d), await open(s)];
  const directs = areAcquainted
    ? await talk(ofA[0], ofB[0], b.nickname).then((id) => [id, id] as const)
    : ([await talk(ofA[0], socketC, c.nickname), await talk(socketD, ofB[0], b.nickname)] as const);
  const witnessed = [await talk(witness, ofA[0], a.nickname), await talk(witness, ofB[0], b.nickname)] as const;
  const match = await makeMatch(server, a, b);
  const watcher = (i: 0 | 1): Watcher => ({
    account: [a, b][i] as MintedAccount,
    devices: [ofA, ofB][i] as readonly [RawSocket, RawSocket],
    direct: directs[i],
    acquaintance: (areAcquainted ? [b, a] : [c, d])[i] as MintedAccount,
    witnessed: witnessed[i],
  });
  const [one, other] = [watcher(0), watcher(1)];
  for (const { devices, direct, witnessed: seen } of [one, other]) {
    const modes = [
      ["open", devices[0]],
      ["head", devices[1]],
    ] as const;
    for (const [mode, device] of modes) {
      const rooms = [match, direct, seen].map((roomId) => ({ roomId, mode }));
      await device.expectOk("room.watch", { rooms });
      await device.expectOk("presence.watch", { roomIds: [match, direct, seen] });
    }
  }
  const { room } = await ofA[0].expectOk("room.get", { roomId: match });
  const partnerId = room.members.find(({ id }) => id !== room.selfId)?.id as MembershipId;
  const stage = { server, match, one, other, partnerId, witness: { account: s, socket: witness } };
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
  { server, match, one, other, witness }: Omit<Stage, "close">,
  presence: "online" | "away",
): Promise<void> {
  await server.app.rooms.compareHeads();
  await witness.socket.expectOk("presence.set", { presence });
  for (const { devices, direct, witnessed } of [one, other]) {
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
      const { presences } = await device.expectOk("presence.watch", { roomIds: [match, direct, witnessed] });
      const isKnown = presences.some((seen) => seen.memberId === memberId && seen.presence === presence);
      if (presence === "online" && isKnown) continue;
      await eventually(`the witness is ${presence}`, () => device.pushes.some(isSeen), 60_000);
    }
  }
}

/** Plays one command of the match room and tells everything that either side can see outside it, live and afterwards. */
export async function playOnce(
  stage: Stage,
  run: (stage: Stage) => Promise<unknown>,
): Promise<Record<string, unknown>> {
  const watchers = [stage.one, stage.other] as const;
  const before = watchers.map(({ devices }) => devices.map(({ pushes }) => pushes.length));
  await run(stage);
  await settle(stage, "away");
  const seen: Record<string, unknown> = {};
  for (const [i, watcher] of watchers.entries()) {
    const who = i === 0 ? "one" : "other";
    for (const [j, device] of watcher.devices.entries()) {
      const told = device.pushes.slice(before[i]?.[j]).filter((push) => !isOf(push, stage.match));
      seen[`${who}: pushes to device ${j + 1}`] = [
        ...new Set(told.map((push) => JSON.stringify(canonical(push, watcher)))),
      ].sort();
    }
  }
  // Both look before either acts: in the one room of acquaintances an act of one is seen by the other.
  for (const look of [lookAround, tryOut]) {
    for (const [i, watcher] of watchers.entries()) {
      for (const [what, answer] of Object.entries(await look(stage, watcher)))
        seen[`${i === 0 ? "one" : "other"}: ${what}`] = canonical(answer, watcher);
    }
  }
  return seen;
}

const isOf = (push: Push, roomId: RoomId) =>
  ("roomId" in push && push.roomId === roomId) || (push.push === "membership.changed" && push.room.id === roomId);

type Answers = Record<string, unknown>;

const answerOf = async <N extends CommandName>(
  socket: RawSocket,
  cmd: N,
  d: CommandArgument<N>,
): Promise<CommandOutput<N> | string> => {
  const reply = await socket.ask(cmd, d);
  return reply.err ? reply.err.code : reply.ok;
};

/** What somebody finds who loads everything afresh, on the socket and over HTTP. */
async function lookAround({ server, match, witness }: Stage, watcher: Watcher): Promise<Answers> {
  const { account, direct, witnessed, acquaintance } = watcher;
  const socket = await RawSocket.open(server.url, account.token, newAddress());
  const http = async (path: string) => {
    const response = await fetch(server.url + path.replace("{roomId}", direct), {
      headers: { authorization: `Bearer ${account.token}`, "x-forwarded-for": newAddress() },
    });
    return { status: response.status, body: without(await response.json(), match) };
  };
  const nickname = encodeURIComponent(acquaintance.nickname);
  const found = {
    "a sync": without(await answerOf(socket, "account.sync", {}), match),
    "the list": without(await answerOf(socket, "room.list", {}), match),
    "the archive": without(await answerOf(socket, "room.list", { archived: true }), match),
    "the direct room": await answerOf(socket, "room.get", { roomId: direct }),
    "its history": await answerOf(socket, "message.list", { roomId: direct }),
    "its changes": await answerOf(socket, "room.watch", {
      rooms: [{ roomId: direct, mode: "open", epoch: "none", rev: 0 }],
    }),
    presence: inOrder(await answerOf(socket, "presence.watch", { roomIds: [direct, witnessed] }), direct),
    blocks: await answerOf(socket, "block.list", {}),
    match: await answerOf(socket, "match.get", {}),
    "the acquaintance looked up": await answerOf(socket, "direct.open", { nickname: acquaintance.nickname }),
    "the witness looked up": await answerOf(socket, "direct.open", { nickname: witness.account.nickname }),
    "nobody looked up": await answerOf(socket, "direct.open", { nickname: "아무도아닌이름" }),
    "the list over HTTP": await http(httpPaths.rooms),
    "the room over HTTP": await http(httpPaths.room),
    "the history over HTTP": await http(httpPaths.messages),
    "the nickname over HTTP": await http(`${httpPaths.nickname}?nickname=${nickname}`),
  };
  socket.close();
  return found;
}

/** Presences are told in no order; that of one room comes first here. */
export function inOrder(answer: CommandOutput<"presence.watch"> | string, first: RoomId): unknown {
  if (typeof answer === "string") return answer;
  return answer.presences.toSorted((a, b) => Number(b.roomId === first) - Number(a.roomId === first));
}

/** What becomes of what somebody does in the direct room. */
async function tryOut({ server }: Stage, { account, direct }: Watcher): Promise<Answers> {
  const socket = await RawSocket.open(server.url, account.token, newAddress());
  const outcomeOf = async <N extends CommandName>(cmd: N, d: CommandArgument<N>) =>
    (await socket.ask(cmd, d)).err?.code ?? "done";
  const tried = {
    watching: await outcomeOf("room.watch", { rooms: [{ roomId: direct, mode: "open" }] }),
    typing: await outcomeOf("typing.set", { roomId: direct, typing: true }),
    reading: await outcomeOf("room.read", { roomId: direct, seq: 1 }),
    writing: await outcomeOf("message.send", { roomId: direct, clientMessageId: newKey(), text: "아직 있어요" }),
  };
  socket.close();
  return tried;
}

/** An answer without what it says of one room. */
function without(answer: unknown, roomId: RoomId): unknown {
  return JSON.parse(JSON.stringify(answer), (_, value) =>
    Array.isArray(value) ? value.filter((each) => each?.id !== roomId && each?.roomId !== roomId) : value,
  );
}

/** An answer in words that are the same for whoever is in the same place: ids by the order in which they come, no times. */
export function canonical(answer: unknown, { account, acquaintance }: Watcher): unknown {
  const names = new Map<string, string>();
  const nameOf = (kind: string, text: string) => {
    if (!names.has(text))
      names.set(text, `${kind} ${[...names.values()].filter((each) => each.startsWith(kind)).length + 1}`);
    return names.get(text) as string;
  };
  return JSON.parse(JSON.stringify(answer), (key, value) => {
    if (typeof value !== "string") return value;
    if (/^[a-z]+_[0-9a-f]{32}$/.test(value)) return nameOf(value.slice(0, value.indexOf("_")), value);
    if (/^\d{4}-\d\d-\d\dT/.test(value)) return "a time";
    if (value === account.nickname) return "oneself";
    if (value === acquaintance.nickname) return "the acquaintance";
    if (value.startsWith("쌍둥이")) return nameOf("person", value);
    if (key === "avatarSeed") return nameOf("picture", value);
    if (key === "clientMessageId") return nameOf("key", value);
    return key === "heads" || key === "nextCursor" ? "a place" : value;
  });
}
