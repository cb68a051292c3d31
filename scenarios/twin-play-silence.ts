import type { CommandArgument, CommandName, CommandOutput, Push } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { directOf, type Stage, setStage, settle, type TwinServer, type Watcher } from "./twin-play.fixture.ts";
import { canonical, inOrder } from "./twin-play-looks.ts";

/** What is asked in a direct room by whoever cannot know whether they are blocked, in this order. */
function listAsked(watcher: Watcher): [CommandName, object][] {
  const { witnessed, acquaintance } = watcher;
  const roomId = directOf(watcher);
  return [
    ["room.get", { roomId }],
    ["message.send", { roomId, clientMessageId: "silent-key-1", text: "들려요?" }],
    ["message.send", { roomId, clientMessageId: "silent-key-1", text: "들려요?" }],
    ["message.edit", { roomId, seq: 3, text: "들리나요?" }],
    ["message.edit", { roomId, seq: 2, text: "고친 말" }],
    ["message.delete", { roomId, seq: 3 }],
    ["message.send", { roomId, clientMessageId: "silent-key-2", text: "아무도 없어요?" }],
    ["message.list", { roomId }],
    ["message.list", { roomId, around: 2_147_483_647 }],
    ["room.changes", { roomId, epoch: "none", rev: 0 }],
    ["room.watch", { rooms: [{ roomId, mode: "open" }] }],
    ["typing.set", { roomId, typing: true }],
    ["room.read", { roomId, seq: 4 }],
    ["membership.update", { roomId, archived: true, markedUnread: true }],
    ["membership.update", { roomId, archived: false, markedUnread: false }],
    ["presence.watch", { roomIds: [roomId, witnessed] }],
    ["direct.open", { nickname: acquaintance.nickname }],
    ["room.leave", { roomId }],
    ["message.send", { roomId, clientMessageId: "silent-key-3", text: "또 저예요" }],
    ["room.list", {}],
    ["account.sync", { parts: { rooms: null, matching: null } }],
    ["account.sync", {}],
  ];
}

/** Waits until both devices have been told that the acquaintance is offline. */
export async function seeSilence({ devices, direct }: Watcher): Promise<void> {
  const isOffline = (push: Push) =>
    push.push === "presence.changed" && push.roomId === direct && push.presence === "offline";
  await eventually("the silence is seen", () => devices.every(({ pushes }) => pushes.some(isOffline)), 60_000);
}

/** Everything that the other one of a direct room is answered and pushed after its `one` fell silent in some way. */
export async function listen(server: TwinServer, fallSilent: (stage: Stage) => Promise<unknown>): Promise<unknown> {
  const stage = await setStage(server, true);
  const { other } = stage;
  const { devices } = other;
  const direct = directOf(other);
  const [device] = devices;
  const before = devices.map(({ pushes }) => pushes.length);
  try {
    await fallSilent(stage);
    await seeSilence(other);
    const answers: unknown[] = [];
    const { selfId } = (await device.expectOk("room.get", { roomId: direct })).room;
    for (const [cmd, words] of listAsked(other)) {
      const { ok, err } = await device.ask(cmd, words as CommandArgument<typeof cmd>);
      if (ok && cmd === "room.leave") {
        // A change of the list tells how the room stands when it is sent: before the next command, or it would tell of that.
        const isGone = (push: Push) =>
          push.push === "membership.changed" && push.room.id === direct && push.room.hidden;
        await eventually(
          "the room has left both lists",
          () => devices.every(({ pushes }) => pushes.some(isGone)),
          60_000,
        );
      }
      if (ok && JSON.stringify(words).includes("silent-key-3")) {
        const isBack = (push: Push) =>
          push.push === "membership.changed" && push.room.id === direct && push.room.lastSeq === 5 && !push.room.hidden;
        await eventually("the room is in the list again", () => device.pushes.some(isBack), 60_000);
      }
      const rooms = ok && "rooms" in ok ? ok.rooms.filter(({ id }) => id === direct) : undefined;
      const presences = cmd === "presence.watch" && ok ? inOrder(ok as CommandOutput<typeof cmd>, direct) : undefined;
      answers.push([cmd, err?.code ?? presences ?? (rooms ? { ...ok, rooms, match: null } : ok)]);
    }
    await settle({ ...stage, one: other }, "away");
    // One's own typing may be dropped under load; the other one's would be news.
    const isThere = (push: Push) =>
      JSON.stringify(push).includes(direct) && !(push.push === "typing.changed" && push.memberId === selfId);
    const told = devices.map(({ pushes }, i) => pushes.slice(before[i]).filter(isThere));
    // How many have not read is told once in a while, of all that was said meanwhile: where it stops is luck, what it says is not.
    const withoutLuck = (push: Push) => (push.push === "readers.counted" ? { ...push, toSeq: 0 } : push);
    const pushed = told
      .map((list) => [...new Set(list.map((push) => JSON.stringify(canonical(withoutLuck(push), other))))])
      .map((list) => list.sort());
    return canonical({ answers, pushed }, other);
  } finally {
    stage.close();
  }
}

/** Blocks the acquaintance as a person, in the direct room with them. */
export const blockInDirect = async ({ one }: Stage) => {
  const [device] = one.devices;
  const roomId = directOf(one);
  const { room } = await device.expectOk("room.get", { roomId });
  const memberId = room.members.find(({ id }) => id !== room.selfId)?.id ?? "";
  await device.expectOk("member.block", { roomId, memberId });
};
