import { type CommandInput, type CommandName, type CommandOutput, fromWireId } from "@maru/protocol";
import { fail } from "../../platform/errors.ts";
import { type CatchUps, uniquePositions } from "./log/catch-up.ts";
import type { Watches } from "./log/watches.ts";
import type { RoomBlocks } from "./members/room-blocks.ts";
import type { RoomCreation } from "./members/room-creation.ts";
import type { RoomLeave } from "./members/room-leave.ts";
import type { RoomPreferences } from "./members/room-preferences.ts";
import type { Typing } from "./members/typing.ts";
import type { Messages } from "./messages.ts";
import type { IdentityPort, RoomsConnection, RoomsGateway } from "./ports.ts";
import type { RoomList } from "./room-list.ts";
import type { PagePlace } from "./store-messages.ts";
import type { ReadCursors } from "./unread/read-cursors.ts";

export type RealtimeDeps = {
  readonly identity: IdentityPort;
  readonly messages: Messages;
  readonly watches: Watches;
  readonly catchUps: CatchUps;
  readonly list: RoomList;
  readonly preferences: RoomPreferences;
  readonly roomLeave: RoomLeave;
  readonly creation: RoomCreation;
  readonly blocks: RoomBlocks;
  readonly readCursors: ReadCursors;
  readonly typing: Typing;
};

/** Who calls a command that needs to know no more of a connection. */
export type Caller = Pick<RoomsConnection, "accountId" | "locale">;
/** What commands are registered with that may also be called without a connection. */
export type AccountCommands = {
  command<N extends CommandName>(
    name: N,
    handle: (caller: Caller, input: CommandInput<N>) => Promise<CommandOutput<N>> | CommandOutput<N>,
  ): void;
};

/** Registers the commands of rooms. Handlers are called in arrival order, and a send is in its lane before they return. */
export function registerCommands(gateway: RoomsGateway, deps: RealtimeDeps): void {
  registerConnectionCommands(gateway, deps);
  registerCallerCommands(gateway, deps);
}

/** Registers those that may also be called over HTTP. */
export function registerCallerCommands(gateway: AccountCommands, deps: RealtimeDeps): void {
  gateway.command("message.send", ({ accountId, locale }, { roomId, clientMessageId, text, extra }) =>
    deps.messages
      .send({ accountId, locale, roomId: fromWireId(roomId), clientMessageId, text, extra })
      .then((message) => ({ message })),
  );
  gateway.command("message.edit", async ({ accountId }, { roomId, seq, text }) => ({
    message: await deps.messages.edit({ accountId, roomId: fromWireId(roomId), seq, text }),
  }));
  gateway.command("message.delete", async ({ accountId }, { roomId, seq }) => ({
    message: await deps.messages.delete({ accountId, roomId: fromWireId(roomId), seq }),
  }));
  gateway.command("message.list", ({ accountId }, input) =>
    deps.messages.list({ accountId, roomId: fromWireId(input.roomId), place: placeOf(input), limit: input.limit }),
  );
  registerRoomCommands(gateway, deps);
  registerAccountCommands(gateway, deps);
}

function registerRoomCommands(gateway: AccountCommands, deps: RealtimeDeps): void {
  gateway.command("room.list", ({ accountId }, { cursor, limit, archived }) =>
    deps.list.list({ accountId, cursor, limit, archived }),
  );
  gateway.command("room.get", async ({ accountId }, { roomId }) => ({
    room: await deps.list.get(accountId, fromWireId(roomId)),
  }));
  gateway.command("room.changes", async ({ accountId }, { roomId, epoch, rev }) => {
    const position = { roomId: fromWireId(roomId), epoch, rev };
    const readable = await deps.catchUps.listReadable(accountId, [position.roomId]);
    const [catchUp] = await deps.catchUps.load(accountId, uniquePositions([position]), readable);
    if (catchUp === undefined) throw fail("room.not_found");
    return catchUp;
  });
  gateway.command("room.leave", async ({ accountId }, { roomId }) => {
    await deps.roomLeave.leave(accountId, fromWireId(roomId));
    return { room: await deps.list.getOwn(accountId, fromWireId(roomId)) };
  });
  gateway.command("room.read", ({ accountId }, { roomId, seq }) =>
    deps.readCursors.move({ accountId, roomId: fromWireId(roomId), seq }),
  );
}

function registerConnectionCommands(gateway: RoomsGateway, deps: RealtimeDeps): void {
  gateway.command("room.watch", (connection, input) => deps.watches.watch(connection, input));
  gateway.command("room.unwatch", async (connection, { roomIds }) => {
    await deps.watches.unwatch(connection, roomIds.map(fromWireId));
    return {};
  });
  gateway.command("typing.set", async (connection, { roomId, typing }) => {
    await deps.typing.set(connection, fromWireId(roomId), typing);
    return {};
  });
}

function registerAccountCommands(gateway: AccountCommands, deps: RealtimeDeps): void {
  gateway.command("membership.update", async ({ accountId }, input) => {
    const { pinned = null, muted = null, archived = null, markedUnread = null } = input;
    const roomId = fromWireId(input.roomId);
    return { room: await deps.preferences.update({ accountId, roomId, pinned, muted, archived, markedUnread }) };
  });
  gateway.command("direct.open", async ({ accountId }, { nickname }) => {
    const otherId = await deps.identity.findAccountByNickname(nickname);
    if (otherId === null) throw fail("nickname.not_found");
    const roomId = await deps.creation.openDirect(accountId, otherId);
    return { room: await deps.list.get(accountId, roomId) };
  });
  gateway.command("member.block", async ({ accountId }, { roomId, memberId }) => ({
    block: await deps.blocks.blockMember(accountId, fromWireId(roomId), fromWireId(memberId)),
  }));
  gateway.command("block.list", async ({ accountId }) => ({ blocks: await deps.blocks.listBlocks(accountId) }));
  gateway.command("block.remove", async ({ accountId }, { blockId }) => {
    await deps.blocks.removeBlock(accountId, fromWireId(blockId));
    return {};
  });
}

/** Where the asked page of history starts. */
function placeOf(input: Pick<CommandInput<"message.list">, "before" | "after" | "around" | "from">): PagePlace {
  if (input.before !== undefined) return { from: "before", seq: input.before };
  if (input.after !== undefined) return { from: "after", seq: input.after };
  if (input.around !== undefined) return { from: "around", seq: input.around };
  if (input.from !== undefined) return { from: "time", at: new Date(input.from) };
  return { from: "newest" };
}
