import type { ClientCore } from "../core.ts";
import { CarefulOutboxStorage } from "../outbox/careful-outbox-storage.ts";
import { Rooms } from "./rooms.ts";

export type { UnsentMessage } from "../outbox/outbox.ts";
export type { HeardMessage } from "./message-feed.ts";
export type { HistoryPlace, RoomSnapshot } from "./open-room.ts";
export type { RoomListSnapshot } from "./room-directory.ts";
export type { Rooms } from "./rooms.ts";

/**
 * Adds conversations to a client: the list, open rooms, and an outbox that loses nothing.
 *
 * @example
 * const rooms = createRooms(core);
 * rooms.onMessage(({ roomId, message, isOwn }) => {
 *   if (!isOwn && message.text) rooms.send(roomId, message.text);
 * });
 */
export function createRooms(core: ClientCore): Rooms {
  const { connection, sync, ports, follow } = core.foundation;
  const storage = new CarefulOutboxStorage(ports.storage, ports.clock, ports.random);
  const rooms = new Rooms({ connection, sync, ports, storage, limits: core.limits });
  follow({
    signedIn: (accountId) => void rooms.signedIn(accountId).catch(() => {}),
    signedOut: (wipes) => void rooms.signedOut(wipes).catch(() => {}),
  });
  return rooms;
}
