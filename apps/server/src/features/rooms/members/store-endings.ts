import type { Sql } from "../ports.ts";
import type { SystemNote } from "../store-message-rows.ts";
import type { LockedRoom } from "../store-rooms.ts";
import { toHex } from "../store-uuids.ts";

/**
 * Puts a room away for one member until something is said; what is there counts as read. Says whether that changed
 * anything. The caller holds the room's lock.
 */
export async function hideRoom(tx: Sql, room: LockedRoom, accountId: string): Promise<boolean> {
  const rows = await tx`
    update rooms_members
    set hidden_ord = ${room.lastOrd}, marked_unread = false, pinned_at = null,
      -- Who is paused goes on as one who has not read.
      read_seq = case when paused_seq is null then ${room.lastSeq} else read_seq end,
      read_ord = case when paused_seq is null then ${room.lastOrd} else read_ord end
    where room_id = ${room.id} and account_id = ${accountId} and state = 'active'
      and not coalesce(hidden_ord >= ${room.lastOrd}, false)
    returning id`;
  if (rows.length > 0) await tx`update rooms_rooms set has_hidden = true where id = ${room.id}`;
  return rows.length > 0;
}

/** Shows a room again to one member who put it away. Says whether that changed anything. */
export async function showRoom(tx: Sql, roomId: string, accountId: string): Promise<boolean> {
  const rows = await tx`
    update rooms_members set hidden_ord = null
    where room_id = ${roomId} and account_id = ${accountId} and state = 'active' and hidden_ord is not null
    returning id`;
  return rows.length > 0;
}

/**
 * Notes that rooms in which something was said are no longer put away, and tells for whom. The caller holds the rooms'
 * locks. Rooms show again without this too; it exists so that the members' own logs tell it.
 */
export async function showSpokenRooms(
  tx: Sql,
  roomIds: readonly string[],
): Promise<{ roomId: string; accountId: string }[]> {
  const ids = tx.array([...roomIds], "UUID");
  const rows = await tx<{ room_id: string; account_id: string }[]>`
    with spoken as (
      select m.id from rooms_members m join rooms_rooms r on r.id = m.room_id
      where m.room_id = any(${ids}::uuid[]) and m.hidden_ord < r.last_ord and m.paused_seq is null
      order by m.id for no key update of m
    )
    update rooms_members m set hidden_ord = null from spoken s where m.id = s.id
    returning m.room_id, m.account_id`;
  await tx`
    update rooms_rooms r
    set has_hidden = exists (select from rooms_members m where m.room_id = r.id and m.hidden_ord is not null)
    where r.id = any(${ids}::uuid[])`;
  return rows.map((row) => ({ roomId: toHex(row.room_id), accountId: toHex(row.account_id) }));
}

/** Ends a membership at a rev. Says whether it was active. */
export async function partMember(tx: Sql, roomId: string, accountId: string, rev: number): Promise<boolean> {
  const rows = await tx`
    update rooms_members set state = 'left', left_at = clock_timestamp(), rev = ${rev}, pinned_at = null
    where room_id = ${roomId} and account_id = ${accountId} and state = 'active'
    returning id`;
  return rows.length > 0;
}

/** Writes a room's counters and state as its lock's holder worked them out. */
export async function updateRoom(
  tx: Sql,
  room: {
    id: string;
    state: "open" | "closed";
    stateRev: number | null;
    rev: number;
    lastSeq: number;
    memberDelta: number;
    activeAt: Date;
  },
): Promise<void> {
  await tx`
    update rooms_rooms set
      state = ${room.state}, state_rev = coalesce(${room.stateRev}::int, state_rev), rev = ${room.rev},
      last_seq = ${room.lastSeq}, member_count = member_count + ${room.memberDelta},
      changed_xid = pg_current_xact_id(), active_at = ${room.activeAt}
    where id = ${room.id}`;
}

/** Writes a line that nobody said. It takes a `seq` and a `rev` but no `ord`: it never counts as unread. */
export async function insertSystemLine(
  tx: Sql,
  line: { roomId: string; seq: number; rev: number; ord: number; system: SystemNote },
): Promise<Date> {
  const [row] = await tx<{ sent_at: Date }[]>`
    insert into rooms_messages (room_id, seq, rev, ord, kind, system, sent_at)
    values (${line.roomId}, ${line.seq}, ${line.rev}, ${line.ord}, 'system', ${JSON.stringify(line.system)}::text::jsonb,
      clock_timestamp())
    returning sent_at`;
  if (row === undefined) throw new Error("the line was not written");
  return row.sent_at;
}
