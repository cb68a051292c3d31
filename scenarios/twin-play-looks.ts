import {
  type CommandArgument,
  type CommandName,
  type CommandOutput,
  httpPaths,
  type Push,
  type RoomId,
} from "@maru/protocol";
import { RawSocket } from "./raw-person.ts";
import { directOf, newAddress, newKey, type Stage, settle, type Watcher } from "./twin-play.fixture.ts";

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
      const told = device.pushes.slice(before[i]?.[j]).filter((push) => isOutside(push, stage, watcher));
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

/**
 * Whether a push is of something outside the match room. That the witness came is known before the play; the push of it
 * may still be under way.
 */
export const isOutside = (push: Push, { match }: Stage, { witnessed }: Watcher) =>
  !isOf(push, match) && !(push.push === "presence.changed" && push.roomId === witnessed && push.presence === "online");

export const isOf = (push: Push, roomId: RoomId) =>
  ("roomId" in push && push.roomId === roomId) || (push.push === "membership.changed" && push.room.id === roomId);

export type Answers = Record<string, unknown>;

export const answerOf = async <N extends CommandName>(
  socket: RawSocket,
  cmd: N,
  d: CommandArgument<N>,
): Promise<CommandOutput<N> | string> => {
  const reply = await socket.ask(cmd, d);
  return reply.err ? reply.err.code : reply.ok;
};

/** What somebody finds who loads everything afresh, on the socket and over HTTP. */
export async function lookAround({ server, match, witness }: Stage, watcher: Watcher): Promise<Answers> {
  const { account, witnessed, acquaintance } = watcher;
  const direct = directOf(watcher);
  const socket = await RawSocket.open(server.url, account.token, newAddress());
  const http = async (path: string) => {
    const response = await fetch(server.url + path.replace("{roomId}", direct), {
      headers: { authorization: `Bearer ${account.token}`, "x-forwarded-for": newAddress() },
    });
    return { status: response.status, body: without(await response.json(), match) };
  };
  const nickname = encodeURIComponent(acquaintance.nickname);
  const found = {
    "a sync": without(await answerOf(socket, "account.sync", { parts: { rooms: null, matching: null } }), match),
    "a sync of before": without(await answerOf(socket, "account.sync", {}), match),
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
export async function tryOut({ server }: Stage, watcher: Watcher): Promise<Answers> {
  const { account } = watcher;
  const direct = directOf(watcher);
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
export function without(answer: unknown, roomId: RoomId): unknown {
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
    return key === "heads" || key === "since" || key === "nextCursor" ? "a place" : value;
  });
}
