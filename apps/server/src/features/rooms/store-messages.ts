import type { Sql } from "./ports.ts";
import {
  type MessageRow,
  type RawMessage,
  readMessage,
  seenBy,
  selectMessage,
  selectMessageToPublish,
} from "./store-message-rows.ts";
import { toHex } from "./store-uuids.ts";

export type AmendOutcome = "done" | "same" | "missing" | "no_message" | "not_yours" | "deleted" | "closed" | "denied";

/** What became of an edit or a deletion; `pausedId` is the account that is not told of it, or "". */
export type Amended = {
  readonly outcome: AmendOutcome;
  readonly roomEpoch: number;
  readonly message: MessageRow | null;
  readonly pausedId: string;
};

/** Edits a message, or deletes it when `text` is null. One round trip; again changes nothing. */
export async function amendMessage(
  sql: Sql,
  input: { roomId: string; accountId: string; seq: number; text: string | null },
): Promise<Amended> {
  const [row] = await sql<
    ({ outcome: AmendOutcome; room_epoch: number; paused_account_id: string | null } & RawMessage)[]
  >`
    select a.outcome, a.room_epoch, a.paused_account_id, ${selectMessage(sql, "(a.message)")}
    from rooms_amend_row(${input.roomId}, ${input.accountId}, ${input.seq}, ${input.text}::text) a`;
  if (row === undefined) throw new Error("rooms_amend_row told nothing");
  return {
    outcome: row.outcome,
    roomEpoch: row.room_epoch,
    message: row.seq === null ? null : readMessage(row),
    pausedId: toHex(row.paused_account_id ?? ""),
  };
}

/** Reads single messages of rooms, in the order asked for; null where there is none. */
export async function listMessagesAt(
  sql: Sql,
  places: readonly { roomId: string; seq: number }[],
): Promise<(MessageRow | null)[]> {
  const rooms = sql.array(
    places.map((place) => place.roomId),
    "UUID",
  );
  const seqs = sql.array(
    places.map((place) => place.seq),
    "INT",
  );
  const rows = await sql<RawMessage[]>`
    select ${selectMessageToPublish(sql, "g")}
    from unnest(${rooms}::uuid[], ${seqs}::int[]) with ordinality as p (room_id, seq, i)
    left join rooms_messages g on g.room_id = p.room_id and g.seq = p.seq
    order by p.i`;
  return rows.map((row) => (row.rev === null ? null : readMessage(row)));
}

/** Finds what an account sent under a key before. */
export async function findSent(
  sql: Sql,
  send: { roomId: string; accountId: string; clientMessageId: string },
): Promise<MessageRow | null> {
  const [row] = await sql<RawMessage[]>`
    select ${selectMessage(sql, "g")}
    from rooms_members m
    join rooms_messages g on g.author_id = m.id and g.client_message_id = ${send.clientMessageId}
    where m.room_id = ${send.roomId} and m.account_id = ${send.accountId}`;
  return row ? readMessage(row) : null;
}

/** Where a page of history starts: after or before a `seq` (neither included), around one, at a time, or at the end. */
export type PagePlace =
  | { readonly from: "newest" }
  | { readonly from: "before" | "after" | "around"; readonly seq: number }
  | { readonly from: "time"; readonly at: Date };

export type MessagePage = {
  readonly memberId: string;
  readonly rev: number;
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
  readonly messages: readonly MessageRow[];
};

type RawPage = RawMessage & {
  member_id: string;
  room_rev: number;
  has_older: boolean;
  has_newer: boolean;
};

/**
 * Reads a page of history, ascending, and the room's rev, all of one snapshot; null where the account may not
 * read, as those who were never members. A page is the lines before a number and the lines from it on; for who is paused the room
 * ends where it stood, and what was said meanwhile is in no page.
 */
export async function findPage(
  sql: Sql,
  input: { roomId: string; accountId: string; readable: readonly string[]; place: PagePlace; limit: number },
): Promise<MessagePage | null> {
  const { place, limit } = input;
  const seq = "seq" in place ? place.seq : null;
  const at = place.from === "time" ? place.at : null;
  const before = { before: limit, newest: limit, around: Math.floor(limit / 2), after: 0, time: 0 }[place.from];
  const rows = await sql<RawPage[]>`
    with place as materialized (
      select m.id as member_id, r.id as room_id, coalesce(m.paused_rev, r.rev) as room_rev, coalesce(m.paused_seq, r.last_seq) as end_seq,
        case ${place.from}::text
          when 'after' then ${seq}::bigint + 1
          when 'time' then rooms_seq_at(r.id, ${at}::timestamptz)
          when 'newest' then r.last_seq::bigint + 1
          else ${seq}::bigint
        end as from_seq
      from rooms_members m join rooms_rooms r on r.id = m.room_id
      where m.room_id = ${input.roomId} and m.account_id = ${input.accountId}
        and rooms_facts(r.kind, r.state, m.state, m.may_post) = any(${sql.array([...input.readable], "TEXT")}::text[])
    ), page as materialized (
      select x.* from place p cross join lateral (
        select g.* from rooms_messages g
        where g.room_id = p.room_id and g.seq < p.from_seq and g.seq <= p.end_seq
          and (g.hidden_from is distinct from p.member_id or g.kept_text is not null)
        order by g.seq desc limit ${before}
      ) x
      union all
      select x.* from place p cross join lateral (
        select g.* from rooms_messages g
        where g.room_id = p.room_id and g.seq >= p.from_seq and g.seq <= p.end_seq
          and (g.hidden_from is distinct from p.member_id or g.kept_text is not null)
        order by g.seq limit ${limit - before}
      ) x
    ), ends as (
      select coalesce(min(g.seq), case when ${before}::int > 0 then 1 else p.from_seq end) as first,
        coalesce(max(g.seq), case when ${before}::int > 0 then p.from_seq - 1 else p.end_seq end) as last
      from place p left join page g on true group by p.from_seq, p.end_seq
    )
    select p.room_rev, p.member_id,
      exists (
        select from rooms_messages o where o.room_id = p.room_id and o.seq < e.first and o.seq <= p.end_seq
          and (o.hidden_from is distinct from p.member_id or o.kept_text is not null)
      ) as has_older,
      exists (
        select from rooms_messages o where o.room_id = p.room_id and o.seq > e.last and o.seq <= p.end_seq
          and (o.hidden_from is distinct from p.member_id or o.kept_text is not null)
      ) as has_newer,
      ${selectMessage(sql, "g")}
    from place p cross join ends e left join page g on true
    order by g.seq`;
  const [first] = rows;
  if (first === undefined) return null;
  const memberId = toHex(first.member_id);
  const messages = rows.filter((row) => row.rev !== null).map((row) => seenBy(readMessage(row), memberId));
  return {
    memberId,
    rev: first.room_rev,
    hasOlder: first.has_older,
    hasNewer: first.has_newer,
    messages: messages.filter((message) => message !== null),
  };
}
