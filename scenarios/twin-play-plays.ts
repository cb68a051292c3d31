import type { CommandName } from "@maru/protocol";
import { RawSocket } from "./raw-person.ts";
import type { Stage } from "./twin-play.fixture.ts";

const self = ({ one }: Stage) => one.devices[0];
const key = "twin-play-key-1";

/** How each command is played in a match room, by one of the two. A command that is not here turns the test red. */
export const plays: Record<CommandName, (stage: Stage) => Promise<unknown>> = {
  connect: async ({ one, server }) => (await RawSocket.open(server.url, one.account.token)).close(),
  "auth.renew": (stage) => self(stage).expectOk("auth.renew", { token: stage.one.account.token }),
  "connection.beat": (stage) => self(stage).expectOk("connection.beat", {}),
  "account.sync": async (stage) => {
    await self(stage).expectOk("account.sync", { parts: { rooms: null, matching: null } });
    await self(stage).expectOk("account.sync", { rooms: [{ roomId: stage.match, epoch: "none", rev: 0 }] });
  },
  "room.list": (stage) => self(stage).expectOk("room.list", {}),
  "room.get": (stage) => self(stage).expectOk("room.get", { roomId: stage.match }),
  "room.watch": (stage) => self(stage).expectOk("room.watch", { rooms: [{ roomId: stage.match, mode: "open" }] }),
  "room.unwatch": (stage) => self(stage).expectOk("room.unwatch", { roomIds: [stage.match] }),
  "room.changes": (stage) => self(stage).expectOk("room.changes", { roomId: stage.match, epoch: "none", rev: 0 }),
  "room.leave": (stage) => self(stage).expectOk("room.leave", { roomId: stage.match }),
  "room.read": (stage) => self(stage).expectOk("room.read", { roomId: stage.match, seq: 1 }),
  "membership.update": (stage) =>
    self(stage).expectOk("membership.update", { roomId: stage.match, pinned: true, muted: true, markedUnread: true }),
  "direct.open": (stage) => self(stage).expectOk("direct.open", { nickname: stage.one.acquaintance.nickname }),
  "message.send": (stage) =>
    self(stage).expectOk("message.send", { roomId: stage.match, clientMessageId: key, text: "반가워요" }),
  "message.list": (stage) => self(stage).expectOk("message.list", { roomId: stage.match }),
  "message.edit": async (stage) => {
    const { message } = (await plays["message.send"](stage)) as { message: { seq: number } };
    return self(stage).expectOk("message.edit", { roomId: stage.match, seq: message.seq, text: "고쳤어요" });
  },
  "message.delete": async (stage) => {
    const { message } = (await plays["message.send"](stage)) as { message: { seq: number } };
    return self(stage).expectOk("message.delete", { roomId: stage.match, seq: message.seq });
  },
  "typing.set": (stage) => self(stage).expectOk("typing.set", { roomId: stage.match, typing: true }),
  "presence.set": async (stage) => {
    for (const device of stage.one.devices) await device.expectOk("presence.set", { presence: "online" });
  },
  "presence.watch": (stage) => self(stage).expectOk("presence.watch", { roomIds: [...stage.one.watched] }),
  "member.block": (stage) => self(stage).expectOk("member.block", { roomId: stage.match, memberId: stage.partnerId }),
  "block.list": (stage) => self(stage).expectOk("block.list", {}),
  "block.remove": async (stage) => {
    const { block } = (await plays["member.block"](stage)) as { block: { id: string } };
    return self(stage).expectOk("block.remove", { blockId: block.id });
  },
  "match.get": (stage) => self(stage).expectOk("match.get", {}),
  "match.request": async (stage) => {
    await self(stage).expectOk("match.request", {});
    return self(stage).expectOk("match.cancel", {});
  },
  "match.cancel": (stage) => self(stage).expectOk("match.cancel", {}),
  "match.next": async (stage) => {
    await self(stage).expectOk("match.next", { roomId: stage.match });
    return self(stage).expectOk("match.cancel", {});
  },
};
