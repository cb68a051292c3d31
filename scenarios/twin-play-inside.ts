import { type CommandName, httpPaths, type Push, type RoomId, syncPartsOf } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { RawSocket } from "./raw-person.ts";
import { newAddress, newKey, type Stage, settle, type Watcher } from "./twin-play.fixture.ts";
import { withoutRevs, wordsOf } from "./twin-play-apart.ts";
import { type Answers, answerOf, canonical, isOf } from "./twin-play-looks.ts";

/**
 * Does something outside a match room, lets the two go on talking there, and tells everything that either of them is
 * answered and told in the match room: on both devices, afterwards, and after loading it afresh.
 */
export async function playInside(stage: Stage, run: (stage: Stage) => Promise<unknown>): Promise<Answers> {
  const { match } = stage;
  const watchers = [
    ["one", stage.one],
    ["other", stage.other],
  ] as const;
  const before = watchers.map(([, { devices }]) => devices.map(({ pushes }) => pushes.length));
  await run(stage);
  const seen: Answers = { "the talk": await talkOn(stage) };
  await settle(stage, "away");
  for (const [, { devices }] of watchers) await allCounted(devices[0], match);
  for (const [i, [who, watcher]] of watchers.entries()) {
    for (const [j, { pushes }] of watcher.devices.entries()) {
      const told = pushes.slice(before[i]?.[j]).filter((push) => isOf(push, match));
      // That somebody stopped may be dropped.
      const kept = told.filter((push) => push.push !== "typing.changed" || push.typing);
      seen[`${who}: pushes to device ${j + 1}`] = wordsOf(kept.map(withoutRevs), watcher);
    }
  }
  for (const [who, watcher] of watchers) {
    for (const [what, answer] of Object.entries(await lookInside(stage, watcher))) {
      seen[`${who}: ${what}`] = canonical(withoutRevs(answer), watcher);
    }
  }
  seen["the end"] = await endIt(stage);
  return seen;
}

/** Waits until the readers of the last line are counted, which is done once in a while for all that was said meanwhile. */
async function allCounted(device: RawSocket, roomId: RoomId): Promise<void> {
  const { room } = await device.expectOk("room.get", { roomId });
  const isLast = (push: Push) =>
    push.push === "readers.counted" && push.roomId === roomId && push.toSeq >= room.lastSeq;
  if (room.canPost) await eventually("the readers are counted", () => device.pushes.some(isLast), 60_000);
}

const isTyping = (push: Push) => push.push === "typing.changed" && push.typing;

/** Lets somebody be seen typing: under load that is what is dropped, so it is said until it has come. */
async function typeUntilSeen(speaker: Watcher, listener: Watcher, roomId: RoomId): Promise<void> {
  const [device] = listener.devices;
  const from = device.pushes.length;
  await eventually(
    "the typing is seen",
    async () => {
      await speaker.devices[0].ask("typing.set", { roomId, typing: true });
      return device.pushes.slice(from).some((push) => isTyping(push) && isOf(push, roomId));
    },
    60_000,
  );
}

/** Both write, read, change and take back, go away and come back; what each is answered. */
async function talkOn({ match: roomId, one, other }: Stage): Promise<unknown[]> {
  const answers: unknown[] = [];
  const ask = async (watcher: Watcher, cmd: CommandName, d: object) => {
    const answer = await answerOf(watcher.devices[0], cmd, d as never);
    answers.push([watcher === one ? "one" : "other", cmd, canonical(withoutRevs(answer), watcher)]);
    return answer as { message?: { seq: number } } | string;
  };
  for (const [speaker, listener] of [
    [other, one],
    [one, other],
  ] as const) {
    const said = await ask(speaker, "message.send", { roomId, clientMessageId: newKey(), text: "아직 있어요?" });
    const seq = typeof said === "string" ? 1 : (said.message?.seq ?? 1);
    if (typeof said !== "string") await typeUntilSeen(speaker, listener, roomId);
    await ask(listener, "room.read", { roomId, seq });
    await ask(speaker, "message.edit", { roomId, seq, text: "고쳤어요" });
    await ask(speaker, "message.send", { roomId, clientMessageId: newKey(), text: "지울 말" });
    await ask(speaker, "message.delete", { roomId, seq: seq + 1 });
    for (const presence of ["away", "online"] as const) {
      for (const device of speaker.devices) await device.expectOk("presence.set", { presence });
    }
  }
  return answers;
}

/** What somebody finds in the match room who loads it afresh, on the socket and over HTTP. */
async function lookInside({ server, match: roomId }: Stage, { account }: Watcher): Promise<Answers> {
  const socket = await RawSocket.open(server.url, account.token, newAddress());
  const http = async (path: string) => {
    const headers = { authorization: `Bearer ${account.token}`, "x-forwarded-for": newAddress() };
    const response = await fetch(server.url + path.replace("{roomId}", roomId), { headers });
    return { status: response.status, body: await response.json() };
  };
  const listed = await socket.expectOk("room.list", {});
  const synced = syncPartsOf(await socket.expectOk("account.sync", { parts: { rooms: null } })).rooms;
  const found = {
    "in the list": listed.rooms.filter(({ id }) => id === roomId),
    "in a sync": synced?.rooms.filter(({ id }) => id === roomId),
    "the room": await answerOf(socket, "room.get", { roomId }),
    "its history": await answerOf(socket, "message.list", { roomId }),
    "its changes": await answerOf(socket, "room.changes", { roomId, epoch: "none", rev: 0 }),
    "when it is opened": await answerOf(socket, "room.watch", { rooms: [{ roomId, mode: "open" }] }),
    presence: await answerOf(socket, "presence.watch", { roomIds: [roomId] }),
    "the match": await answerOf(socket, "match.get", {}),
    "the room over HTTP": await http(httpPaths.room),
    "the history over HTTP": await http(httpPaths.messages),
  };
  socket.close();
  return found;
}

/** How it ends: the other one leaves, and the one who stays is told so. */
async function endIt({ match: roomId, one, other }: Stage): Promise<unknown> {
  const left = await answerOf(other.devices[0], "room.leave", { roomId });
  const last = await answerOf(one.devices[0], "message.send", { roomId, clientMessageId: newKey(), text: "안녕히" });
  const room = await answerOf(one.devices[0], "room.get", { roomId });
  return [canonical(left, other), canonical(last, one), canonical(withoutRevs(room), one)];
}
