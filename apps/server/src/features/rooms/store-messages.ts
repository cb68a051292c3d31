import type { RoomKind } from "@maru/protocol";
import type { Sql } from "./ports.ts";
import { toHex } from "./store-uuids.ts";

export type SystemNote = { readonly event: SystemEvent; readonly memberId?: string };
export type SystemEvent = "room.created" | "match.started" | "member.joined" | "member.left" | "room.closed";

export type MessageRow = {
  readonly seq: number;
  readonly ord: number;
  readonly rev: number;
  readonly kind: "text" | "system";
  readonly authorId: string | null;
  readonly clientMessageId: string | null;
  readonly text: string | null;
  readonly system: SystemNote | null;
  readonly sentAt: Date;
  readonly editedAt: Date | null;
  readonly deletedAt: Date | null;
};

export type RawMessage = {
  seq: number;
  ord: number;
  rev: number;
  kind: "text" | "system";
  author_id: string | null;
  client_message_id: string | null;
  text: string | null;
  system: SystemNote | null;
  sent_at: Date;
  edited_at: Date | null;
  deleted_at: Date | null;
};

export function readMessage(raw: RawMessage): MessageRow {
  return {
    seq: raw.seq,
    ord: raw.ord,
    rev: raw.rev,
    kind: raw.kind,
    authorId: raw.author_id === null ? null : toHex(raw.author_id),
    clientMessageId: raw.client_message_id,
    text: raw.text,
    system: raw.system,
    sentAt: raw.sent_at,
    editedAt: raw.edited_at,
    deletedAt: raw.deleted_at,
  };
}

export type AmendOutcome = "done" | "same" | "missing" | "no_message" | "not_yours" | "deleted" | "closed" | "denied";

/** Edits a message, or deletes it when `text` is null. One round trip; again changes nothing. */
export async function amendMessage(
  sql: Sql,
  input: { roomId: string; accountId: string; seq: number; text: string | null },
): Promise<{ outcome: AmendOutcome; roomEpoch: number; message: MessageRow | null }> {
  const [row] = await sql<({ outcome: AmendOutcome; room_epoch: number } & RawMessage)[]>`
    select * from rooms_amend(${input.roomId}, ${input.accountId}, ${input.seq}, ${input.text}::text)`;
  if (row === undefined) throw new Error("rooms_amend told nothing");
  return { outcome: row.outcome, roomEpoch: row.room_epoch, message: row.seq === null ? null : readMessage(row) };
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
    select g.seq, g.ord, g.rev, g.kind, g.author_id, g.client_message_id, g.text, g.system, g.sent_at, g.edited_at,
      g.deleted_at
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
    select g.seq, g.ord, g.rev, g.kind, g.author_id, g.client_message_id, g.text, g.system, g.sent_at, g.edited_at,
      g.deleted_at
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
  readonly kind: RoomKind;
  readonly roomState: "open" | "closed";
  readonly memberState: "active" | "left";
  readonly mayPost: boolean;
  readonly rev: number;
  readonly lastSeq: number;
  readonly messages: readonly MessageRow[];
};

type RawPage = RawMessage & {
  room_kind: RoomKind;
  room_state: "open" | "closed";
  member_state: "active" | "left";
  may_post: boolean;
  room_rev: number;
  last_seq: number;
};

/**
 * Reads a page of history, ascending, with the rights of the account and the room's rev, all of one snapshot; null when
 * the account never was a member. `seq` has no gaps, so a page is a range of numbers.
 */
export async function findPage(
  sql: Sql,
  input: { roomId: string; accountId: string; place: PagePlace; limit: number },
): Promise<MessagePage | null> {
  const { place, limit } = input;
  const seq = "seq" in place ? place.seq : null;
  const at = place.from === "time" ? place.at : null;
  const rows = await sql<RawPage[]>`
    select r.kind as room_kind, r.state as room_state, r.rev as room_rev, r.last_seq, m.state as member_state, m.may_post,
      g.seq, g.ord, g.rev, g.kind, g.author_id, g.client_message_id, g.text, g.system, g.sent_at, g.edited_at, g.deleted_at
    from rooms_members m
    join rooms_rooms r on r.id = m.room_id
    cross join lateral (
      select case ${place.from}::text
        when 'before' then least(${seq}::int, r.last_seq + 1) - ${limit}::int
        when 'after' then ${seq}::int + 1
        when 'around' then ${seq}::int - ${limit}::int / 2
        when 'time' then rooms_seq_at(r.id, ${at}::timestamptz)
        else r.last_seq - ${limit}::int + 1
      end as first
      offset 0 -- keeps the planner from working it out once for each bound
    ) p
    left join rooms_messages g on g.room_id = r.id
      and g.seq >= p.first
      and g.seq < case ${place.from}::text when 'before' then ${seq}::int else p.first + ${limit}::int end
    where m.room_id = ${input.roomId} and m.account_id = ${input.accountId}
    order by g.seq`;
  const [first] = rows;
  if (first === undefined) return null;
  return {
    kind: first.room_kind,
    roomState: first.room_state,
    memberState: first.member_state,
    mayPost: first.may_post,
    rev: first.room_rev,
    lastSeq: first.last_seq,
    messages: rows.filter((row) => row.rev !== null).map(readMessage),
  };
}
