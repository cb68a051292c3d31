import { type RoomPush, toWireId } from "@maru/protocol";

/**
 * One numbered change of a room on its way to the sockets. `json` is what the push carries (a message, a member or
 * the room's state), serialised once where it was written; every node and topic reuses the text.
 */
export type Change = {
  readonly rev: number;
  readonly push: RoomPush["push"];
  readonly json: string;
  /** The message's numbers and author, 0 and "" where the change is not a message's. */
  readonly seq: number;
  readonly ord: number;
  readonly authorId: string;
  /** The account whose right to read ends with this change, or "". */
  readonly departedId: string;
  /** The account that this change is not for, because it is paused in the room, or "". */
  readonly pausedId: string;
};

/** Changes of one room in order of `rev`. */
export type RoomChanges = { readonly roomId: string; readonly epoch: string; readonly changes: readonly Change[] };

const bodyKey: Record<RoomPush["push"], string> = {
  "message.sent": "message",
  "message.edited": "message",
  "message.deleted": "message",
  "member.joined": "member",
  "member.left": "member",
  "member.updated": "member",
  "room.updated": "room",
};

/** Writes the push of a change as JSON text. */
export function encodeChange(roomId: string, epoch: string, change: Change): string {
  return `{"push":"${change.push}","roomId":"${toWireId("room", roomId)}","epoch":"${epoch}","rev":${change.rev},"${bodyKey[change.push]}":${change.json}}`;
}

/** Where a room stands, for those who watch it by its head. */
export type Head = { readonly rev: number; readonly lastSeq: number; readonly lastOrd: number };

/** Writes a `room.advanced` push as JSON text; `messageJson` is the last message where it changed. */
export function encodeAdvance(roomId: string, epoch: string, head: Head, messageJson: string): string {
  const last = messageJson === "" ? "" : `,"lastMessage":${messageJson}`;
  return `{"push":"room.advanced","roomId":"${toWireId("room", roomId)}","epoch":"${epoch}","rev":${head.rev},"lastSeq":${head.lastSeq},"lastOrd":${head.lastOrd}${last}}`;
}

/** What one node tells the others about rooms of one shard. */
export type BusNotice = {
  readonly rooms: readonly RoomChanges[];
  /** Rooms in which read cursors moved. */
  readonly reads: readonly string[];
  /** Frames that may be dropped, for those who have the room open. */
  readonly ephemeral: readonly { readonly roomId: string; readonly frame: string }[];
};

/** A notice that tells nothing, to be filled in. */
export const emptyNotice: BusNotice = { rooms: [], reads: [], ephemeral: [] };

/**
 * Writes a notice for the bus: the sender's line, then one line for each room, change, read or ephemeral frame, fields parted by tabs.
 * JSON text holds neither raw tabs nor line ends, so it travels as it is instead of being quoted once more.
 */
export function encodeNotice(nodeId: string, notice: BusNotice): string {
  let text = nodeId;
  for (const room of notice.rooms) {
    text += `\nR\t${room.roomId}\t${room.epoch}`;
    for (const c of room.changes) {
      text += `\nC\t${c.rev}\t${c.push}\t${c.seq}\t${c.ord}\t${c.authorId}\t${c.departedId}\t${c.pausedId}\t${c.json}`;
    }
  }
  for (const roomId of notice.reads) text += `\nD\t${roomId}`;
  for (const { roomId, frame } of notice.ephemeral) text += `\nP\t${roomId}\t${frame}`;
  return text;
}

/** Whether a payload was written by this node. */
export function isOwnNotice(nodeId: string, payload: string): boolean {
  return payload.startsWith(nodeId) && payload.charCodeAt(nodeId.length) === 10;
}

/** Reads what {@link encodeNotice} wrote, skipping rooms that nobody here asks for before their changes are read. */
export function decodeNotice(payload: string, isWanted: (roomId: string) => boolean): BusNotice {
  const rooms: { roomId: string; epoch: string; changes: Change[] }[] = [];
  const reads: string[] = [];
  const ephemeral: { roomId: string; frame: string }[] = [];
  let wanted: Change[] | null = null;
  const lines = payload.split("\n");
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const kind = line[0];
    if (kind === "C") {
      if (wanted === null) continue;
      const change = decodeChange(line);
      if (change) wanted.push(change);
      continue;
    }
    const [, roomId = "", value = ""] = line.split("\t");
    if (kind === "R") {
      wanted = isWanted(roomId) ? [] : null;
      if (wanted) rooms.push({ roomId, epoch: value, changes: wanted });
    } else if (kind === "D" && isWanted(roomId)) {
      reads.push(roomId);
    } else if (kind === "P" && isWanted(roomId)) {
      ephemeral.push({ roomId, frame: value });
    }
  }
  return { rooms, reads, ephemeral };
}

function decodeChange(line: string): Change | null {
  const [, rev, push, seq, ord, authorId, departedId, pausedId, json] = line.split("\t");
  if (json === undefined || push === undefined || !Object.hasOwn(bodyKey, push)) return null;
  return {
    rev: Number(rev),
    push: push as Change["push"],
    json,
    seq: Number(seq),
    ord: Number(ord),
    authorId: authorId ?? "",
    departedId: departedId ?? "",
    pausedId: pausedId ?? "",
  };
}
