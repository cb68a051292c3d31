import type { MessageExtra } from "@maru/protocol";
import type { Sql } from "../ports.ts";
import type { LockedRoom } from "../store-rooms.ts";
import { toHex } from "../store-uuids.ts";

/** Lists the rooms that an account is or was in. */
export async function listHeldRooms(sql: Sql, accountId: string): Promise<string[]> {
  const rows = await sql<{ room_id: string }[]>`
    select room_id from rooms_members where account_id = ${accountId} order by room_id`;
  return rows.map((row) => toHex(row.room_id));
}

/** Lists some of the rooms that an account which closes has still to end (those of two) or to leave (all others). */
export async function listUndeparted(
  sql: Sql,
  accountId: string,
  limit: number,
): Promise<{ roomId: string; isPair: boolean }[]> {
  const rows = await sql<{ room_id: string; is_pair: boolean }[]>`
    select m.room_id, r.is_pair
    from rooms_members m join rooms_rooms r on r.id = m.room_id
    where m.account_id = ${accountId}
      and case when r.is_pair then r.state = 'open' else m.state = 'active' end
    order by r.active_at desc limit ${limit}`;
  return rows.map((row) => ({ roomId: toHex(row.room_id), isPair: row.is_pair }));
}

/** Removes up to `limit` messages of an account in a room that the caller has locked, as their author would; tells how many. */
export async function removeMessages(tx: Sql, room: LockedRoom, accountId: string, limit: number): Promise<number> {
  const rows = await tx`
    with own as (
      select g.seq, row_number() over (order by g.seq) as nth from rooms_messages g
      where g.room_id = ${room.id} and g.deleted_at is null and g.kind = 'text' and g.author_id in (
        select id from rooms_members where room_id = ${room.id} and account_id = ${accountId})
      order by g.seq limit ${limit}
    )
    update rooms_messages g
    set text = null, deleted_at = clock_timestamp(), rev = ${room.rev}::int + own.nth::int,
      -- The text of before an edit, which a member who was paused went on reading, goes as well.
      hidden_from = case when g.kept_text is null then g.hidden_from end, kept_text = null, kept_edited_at = null
    from own where g.room_id = ${room.id} and g.seq = own.seq returning 1 as is_removed`;
  await tx`
    update rooms_rooms set rev = rev + ${rows.length}, changed_xid = pg_current_xact_id() where id = ${room.id}`;
  return rows.length;
}

/**
 * Ends a membership in a room that the caller has locked and takes the account out of it. What was said stays with a
 * member who is nobody: an id that no account ever had.
 */
export async function forgetMember(tx: Sql, room: LockedRoom, accountId: string): Promise<void> {
  const rev = room.rev + 1;
  const ended = await tx`
    update rooms_members set state = 'left', left_at = clock_timestamp(), pinned_at = null
    where room_id = ${room.id} and account_id = ${accountId} and state = 'active' returning 1 as is_ended`;
  await tx`
    update rooms_members set account_id = gen_random_uuid(), rev = ${rev}
    where room_id = ${room.id} and account_id = ${accountId}`;
  await tx`
    update rooms_rooms set
      rev = ${rev}, changed_xid = pg_current_xact_id(), member_count = member_count - ${ended.length},
      direct_key = case when direct_key is null then null else 'erased ' || id end
    where id = ${room.id}`;
}

export type OwnMessage = {
  readonly roomId: string;
  readonly seq: number;
  readonly sentAt: Date;
  readonly text: string;
  readonly extra: MessageExtra | null;
};

/** Lists what an account said, room by room, the oldest first. */
export async function listOwnMessages(
  sql: Sql,
  accountId: string,
  after: { roomId: string; seq: number },
  limit: number,
): Promise<OwnMessage[]> {
  const rows = await sql<{ room_id: string; seq: number; sent_at: Date; text: string; extra: MessageExtra | null }[]>`
    select g.room_id, g.seq, g.sent_at, g.text, g.extra from rooms_messages g
    join rooms_members m on m.id = g.author_id and m.account_id = ${accountId}
    where g.text is not null and (g.room_id, g.seq) > (${after.roomId}::uuid, ${after.seq}::int)
    order by g.room_id, g.seq limit ${limit}`;
  return rows.map(({ room_id, seq, sent_at, text, extra }) => ({
    roomId: toHex(room_id),
    seq,
    sentAt: sent_at,
    text,
    extra,
  }));
}
