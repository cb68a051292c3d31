import type { Member, RoomSummary } from "@maru/protocol";
import { isKnown, type Line } from "./timeline.ts";

/**
 * Joins what is held of a room with what came: the room's own part from whichever knows the later change of the room, the
 * account's part from whichever knows the later change of the account. The read cursor never goes back.
 */
export function mergeSummaries(held: RoomSummary | undefined, came: RoomSummary): RoomSummary {
  if (!held || held.epoch !== came.epoch) return came;
  const room = came.rev >= held.rev ? came : held;
  const own = came.accountRev >= held.accountRev ? came : held;
  // Where both stand at the same line the later one knows what was taken back beyond it.
  const isLater = came.readSeq === held.readSeq ? came.accountRev >= held.accountRev : came.readSeq > held.readSeq;
  const cursor = isLater ? came : held;
  return {
    ...room,
    selfId: own.selfId,
    membership: own.membership,
    canPost: own.membership === "active" && room.state === "open" && own.canPost && room.canPost,
    pinned: own.pinned,
    muted: own.muted,
    archived: own.archived,
    markedUnread: own.markedUnread,
    hidden: own.hidden && room.lastOrd <= own.lastOrd,
    accountRev: own.accountRev,
    readSeq: cursor.readSeq,
    readOrd: cursor.readOrd,
  };
}

/** A room after a message of it: the last one, the counters, one's own cursor when it was one's own. */
export function withMessage(room: RoomSummary, message: Line): RoomSummary {
  if (message.seq < room.lastSeq) return room;
  const isNew = message.seq > room.lastSeq;
  const isOwn = message.kind === "text" && message.authorId === room.selfId;
  return {
    ...room,
    // The line of the list stays at what can be shown.
    ...(isKnown(message) ? { lastMessage: message } : {}),
    lastSeq: message.seq,
    lastOrd: Math.max(room.lastOrd, message.ord),
    rev: Math.max(room.rev, message.rev),
    ...(isNew ? { activeAt: message.sentAt } : {}),
    ...(isNew && message.kind === "text" ? { hidden: false } : {}),
    ...(isNew && isOwn ? { readSeq: message.seq, readOrd: message.ord, markedUnread: false } : {}),
  };
}

/** A room after one of its members has changed. */
export function withMember(room: RoomSummary, member: Member): RoomSummary {
  const isKnown = room.members.some((each) => each.id === member.id);
  return {
    ...room,
    members: isKnown ? room.members.map((each) => (each.id === member.id ? member : each)) : [...room.members, member],
  };
}

/** Messages of others after one's cursor. */
export function countUnread(room: RoomSummary): number {
  return Math.max(0, room.lastOrd - room.readOrd);
}

/** A room as it was sent, without a last message that cannot be shown. */
export function withoutUnknown(room: RoomSummary): RoomSummary {
  const { lastMessage, ...rest } = room;
  return lastMessage && !isKnown(lastMessage as Line) ? rest : room;
}

function waits(room: RoomSummary): boolean {
  return !room.muted && (countUnread(room) > 0 || room.markedUnread);
}

/** The order of the list: pinned first, then what waits for the person, then what was active last. */
export function compareRooms(a: RoomSummary, b: RoomSummary): number {
  if (a.pinned !== b.pinned) return a.pinned ? -1 : 1;
  if (waits(a) !== waits(b)) return waits(a) ? -1 : 1;
  return a.activeAt < b.activeAt ? 1 : a.activeAt > b.activeAt ? -1 : a.id < b.id ? 1 : -1;
}

/** Whether a room stands in the list. */
export function isListed(room: RoomSummary): boolean {
  return room.membership === "active" && !room.hidden && !room.archived;
}

/** Whether a room stands in the archive. */
export function isArchived(room: RoomSummary): boolean {
  return room.membership === "active" && !room.hidden && room.archived;
}
