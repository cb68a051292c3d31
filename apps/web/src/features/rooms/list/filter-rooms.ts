import type { RoomSummary } from "@maru/protocol";
import { countUnread } from "../room-names.ts";

/** Whether something in a room waits to be read. */
export function isUnread(room: RoomSummary): boolean {
  return countUnread(room) > 0 || room.markedUnread;
}

/**
 * Narrows the list to what is unread, or to one kind. The room that is open stays: it would vanish from under the hand that has
 * just opened it, read as it is now.
 */
export function filterRooms(
  rooms: readonly RoomSummary[],
  filter: string | undefined,
  openId: string | undefined,
): readonly RoomSummary[] {
  if (filter === undefined) return rooms;
  if (filter === "unread") return rooms.filter((room) => isUnread(room) || room.id === openId);
  return rooms.filter(({ kind }) => kind === filter);
}
