import type { Change } from "./log/changes.ts";
import { writeMessage } from "./log/written-changes.ts";
import { insertSystemLine } from "./members/store-endings.ts";
import type { Sql } from "./ports.ts";
import type { SystemNote } from "./store-message-rows.ts";
import type { LockedRoom } from "./store-rooms.ts";

/** A line that nobody said, and the room's numbers after it. */
export type SystemLine = {
  readonly change: Change;
  readonly numbers: { readonly rev: number; readonly lastSeq: number; readonly activeAt: Date };
};

/** Writes a system line as the last change of a transaction that holds the room's lock. */
export async function writeSystemLine(tx: Sql, room: LockedRoom, rev: number, system: SystemNote): Promise<SystemLine> {
  const seq = room.lastSeq + 1;
  const ord = room.lastOrd;
  const sentAt = await insertSystemLine(tx, { roomId: room.id, seq, rev, ord, system });
  const empty = { authorId: null, clientMessageId: null, text: null, extra: null, editedAt: null, deletedAt: null };
  const change = writeMessage({ seq, ord, rev, kind: "system", ...empty, hiddenFrom: null, sentAt, system });
  return { change, numbers: { rev, lastSeq: seq, activeAt: sentAt } };
}
