-- Blocked people in direct rooms, and badges that do not count what was deleted before it was read.

-- Whoever blocks a person pauses in their direct room: for them it stands where it stood. The other one sees no difference.
alter table rooms_members
  add column paused_seq int,
  add column paused_ord int,
  add column paused_rev int,
  add column paused_at timestamptz(3);
-- The member who is paused, so that a send knows it from the row that it locks anyway.
alter table rooms_rooms add column paused_member_id uuid;

alter table rooms_messages
  -- The member to whom this was never told, because it was said while they were paused.
  add column hidden_from uuid,
  -- What that member goes on reading where only an edit fell into the pause.
  add column kept_text text,
  add column kept_edited_at timestamptz(3);
-- People's lines that count for nobody, or not for everybody: what a badge leaves out.
create index rooms_messages_uncounted on rooms_messages (room_id, seq)
  where kind = 'text' and (deleted_at is not null or hidden_from is not null);

drop view rooms_summaries;

-- Counts the people's lines beyond a cursor that count for nobody, or not for this member.
create function rooms_count_uncounted(p_room uuid, p_member uuid, p_seq int) returns int
language sql stable
as $$
  select count(*)::int from rooms_messages g
  where g.room_id = p_room and g.seq > p_seq and g.kind = 'text' and (g.deleted_at is not null or g.hidden_from is not null)
    and (g.deleted_at is not null or (g.hidden_from = p_member and g.kept_text is null))
$$;

-- One room as one member sees it. Unread is last_ord − read_ord: `read_ord` takes in what lies beyond the cursor and does
-- not count, so that whoever takes back the last unread message takes the badge away with it.
create view rooms_summaries as
select
  m.account_id, m.room_id, r.kind, r.state as room_state, r.name, r.epoch, coalesce(m.paused_rev, r.rev) as rev,
  coalesce(m.paused_seq, r.last_seq) as last_seq, coalesce(m.paused_ord, r.last_ord) as last_ord,
  coalesce(m.left_at, m.paused_at, r.active_at) as active_at, r.changed_xid, m.id as member_id, m.state as member_state,
  m.may_post, m.paused_seq is not null as paused, m.rev as member_rev, m.account_rev,
  coalesce(m.paused_seq, m.read_seq) as read_seq, coalesce(m.paused_ord, m.read_ord + u.uncounted) as read_ord,
  m.pinned_at is not null as pinned, m.muted, m.archived, m.marked_unread,
  -- Derived, so that a message shows a room again in the same instant as it exists.
  coalesce(m.hidden_ord >= coalesce(m.paused_ord, r.last_ord), false) as hidden,
  g.seq as last_message_seq, g.rev as last_message_rev, g.ord as last_message_ord, g.kind as last_message_kind, g.author_id,
  g.client_message_id, g.text, g.system, g.sent_at, g.edited_at, g.deleted_at, g.hidden_from, g.kept_text,
  g.kept_edited_at,
  -- Everybody in rooms of two; the first few elsewhere.
  (
    select jsonb_agg(jsonb_build_object(
      'id', x.id, 'accountId', x.account_id, 'state', x.state, 'rev', x.rev,
      'adjective', x.alias_adjective, 'noun', x.alias_noun) order by x.id)
    from (
      select * from rooms_members o where o.room_id = m.room_id and (o.state = 'active' or r.kind in ('direct', 'match'))
      order by o.id limit 5
    ) x
  ) as members
from rooms_members m
join rooms_rooms r on r.id = m.room_id
cross join lateral (
  select case
    when m.paused_seq is null and r.last_ord > m.read_ord then rooms_count_uncounted(m.room_id, m.id, m.read_seq) else 0
  end as uncounted
) u
left join lateral (
  select x.* from rooms_messages x
  where x.room_id = r.id and x.seq <= coalesce(m.paused_seq, r.last_seq)
    and (x.hidden_from is distinct from m.id or x.kept_text is not null)
  order by x.seq desc limit 1
) g on true;

drop function rooms_append(uuid[], uuid[], text[], text[]);
-- Appends a batch of messages; tells one row per input, in input order:
--   new      written, with its numbers
--   old      this author sent this key before (comes before rights), with the numbers of that message as it is now
--   again    the same key stands earlier in this batch; its result is the earlier one's
--   missing  no such room, or not a member of it
--   closed   the room has ended
--   denied   the member may not post
-- What is said while a member of a direct room is paused is never told to them; `paused_account_id` says who that is.
-- Two statements, because one alone has a snapshot older than its locks: with repeats over eight connections that left
-- 9,100 gaps in 15,100 numbers. A volatile function takes a new snapshot for each statement.
-- The planner settings keep look-ups by index while statistics are missing; `lateral … limit 1` makes it use all
-- columns of an index (it read every message of an author when it was free to filter afterwards).
create function rooms_append(p_rooms uuid[], p_accounts uuid[], p_client_ids text[], p_texts text[])
returns table (
  outcome text, seq int, ord int, rev int, member_id uuid, room_epoch int, has_hidden boolean, sent_ms double precision,
  paused_account_id uuid
)
language plpgsql volatile
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_now timestamptz(3);
begin
  perform 1 from rooms_rooms r where r.id = any (p_rooms) order by r.id for no key update;
  v_now := clock_timestamp();
  return query
  with judged as materialized (
    select n.i, n.room_id, n.client_id, n.body, m.id as member_id, r.epoch, r.has_hidden, r.last_seq, r.last_ord, r.rev,
      r.paused_member_id,
      old.seq as old_seq, old.ord as old_ord, old.rev as old_rev,
      case
        when m.id is null then 'missing'
        when old.seq is not null then 'old'
        when m.state <> 'active' then 'missing'
        when r.state <> 'open' then 'closed'
        when not m.may_post then 'denied'
        when row_number() over (partition by n.room_id, n.account_id, n.client_id order by n.i) > 1 then 'again'
        else 'new'
      end as outcome
    from unnest(p_rooms, p_accounts, p_client_ids, p_texts) with ordinality as n (room_id, account_id, client_id, body, i)
    left join rooms_rooms r on r.id = n.room_id
    left join lateral (
      select x.id, x.state, x.may_post from rooms_members x
      where x.room_id = n.room_id and x.account_id = n.account_id limit 1
    ) m on true
    left join lateral (
      select x.seq, x.ord, x.rev from rooms_messages x
      where x.author_id = m.id and x.client_message_id = n.client_id limit 1
    ) old on true
  ), numbered as materialized (
    select j.*, (count(*) filter (where j.outcome = 'new') over (partition by j.room_id order by j.i))::int as n
    from judged j
  ), taken as (
    update rooms_rooms r
    set last_seq = c.last_seq + c.n, last_ord = c.last_ord + c.n, rev = c.rev + c.n, active_at = v_now,
      changed_xid = pg_current_xact_id()
    from (
      select distinct on (x.room_id) x.room_id, x.n, x.last_seq, x.last_ord, x.rev
      from numbered x where x.outcome = 'new' order by x.room_id, x.i desc
    ) c
    where r.id = c.room_id
  ), written as (
    insert into rooms_messages (room_id, seq, rev, ord, kind, author_id, client_message_id, text, sent_at, hidden_from)
    select w.room_id, w.last_seq + w.n, w.rev + w.n, w.last_ord + w.n, 'text', w.member_id, w.client_id, w.body, v_now,
      w.paused_member_id
    from numbered w where w.outcome = 'new'
  ), spoke as (
    select x.member_id, max(x.last_seq + x.n) as seq, max(x.last_ord + x.n) as ord
    from numbered x where x.outcome = 'new' group by x.member_id
  ), locked as (
    -- An update alone locks in any order, and deadlocks with whoever moves the read cursors of several members.
    select m.id, w.seq, w.ord from spoke w join rooms_members m on m.id = w.member_id order by m.id for no key update of m
  ), cursors as (
    update rooms_members m set read_seq = w.seq, read_ord = w.ord, marked_unread = false from locked w where m.id = w.id
  )
  select j.outcome,
    case j.outcome when 'old' then j.old_seq when 'new' then j.last_seq + j.n end,
    case j.outcome when 'old' then j.old_ord when 'new' then j.last_ord + j.n end,
    case j.outcome when 'old' then j.old_rev when 'new' then j.rev + j.n end,
    j.member_id, j.epoch, j.has_hidden, extract(epoch from v_now)::double precision * 1000,
    case when j.paused_member_id is not null then (
      select x.account_id from rooms_members x where x.id = j.paused_member_id
    ) end
  from numbered j
  order by j.i;
end
$$;

drop function rooms_amend(uuid, uuid, int, text);
-- Edits (p_text) or deletes (p_text null) one's own message. Tells `done`, `same` when there was nothing to change
-- (which takes no rev), or why not: missing (room or membership), no_message, not_yours, deleted, closed, denied.
-- A delete needs only membership: what one said can be taken back where one can no longer speak.
-- An edit while a member is paused leaves them with the text of before; a deletion takes that away too.
create function rooms_amend(p_room uuid, p_account uuid, p_seq int, p_text text)
returns table (
  outcome text, room_epoch int, seq int, ord int, rev int, kind text, author_id uuid, client_message_id text, text text,
  system jsonb, sent_at timestamptz, edited_at timestamptz, deleted_at timestamptz, hidden_from uuid, kept_text text,
  kept_edited_at timestamptz, paused_account_id uuid
)
language plpgsql volatile
set plan_cache_mode = force_generic_plan
as $$
declare
  v_room rooms_rooms;
  v_member rooms_members;
  v_message rooms_messages;
  v_outcome text;
begin
  select * into v_room from rooms_rooms r where r.id = p_room for no key update;
  select * into v_member from rooms_members m where m.room_id = p_room and m.account_id = p_account;
  select * into v_message from rooms_messages g where g.room_id = p_room and g.seq = p_seq;
  v_outcome := case
    when v_room.id is null or v_member.id is null or v_member.state <> 'active' then 'missing'
    when v_message.seq is null then 'no_message'
    when v_message.author_id is distinct from v_member.id then 'not_yours'
    when p_text is null and v_message.deleted_at is not null then 'same'
    when p_text is null then 'done'
    when v_message.deleted_at is not null then 'deleted'
    when v_message.text = p_text then 'same'
    when v_room.state <> 'open' then 'closed'
    when not v_member.may_post then 'denied'
    else 'done'
  end;
  if v_outcome = 'done' then
    update rooms_rooms r set rev = v_room.rev + 1, changed_xid = pg_current_xact_id() where r.id = p_room;
    update rooms_messages g set
      rev = v_room.rev + 1,
      text = p_text,
      edited_at = case when p_text is null then g.edited_at else clock_timestamp() end,
      deleted_at = case when p_text is null then clock_timestamp() end,
      hidden_from = case
        when v_message.hidden_from is not null and v_message.kept_text is null then v_message.hidden_from
        when p_text is not null then v_room.paused_member_id
      end,
      kept_text = case when p_text is not null and v_room.paused_member_id is not null and v_message.hidden_from is null
        then v_message.text
        when p_text is not null and v_message.hidden_from = v_room.paused_member_id then v_message.kept_text end,
      kept_edited_at = case when p_text is not null and v_room.paused_member_id is not null and v_message.hidden_from is null
        then v_message.edited_at
        when p_text is not null and v_message.hidden_from = v_room.paused_member_id then v_message.kept_edited_at end
    where g.room_id = p_room and g.seq = p_seq;
  end if;
  return query
  select v_outcome, v_room.epoch, g.seq, g.ord, g.rev, g.kind, g.author_id, g.client_message_id, g.text, g.system,
    g.sent_at, g.edited_at, g.deleted_at, g.hidden_from, g.kept_text, g.kept_edited_at,
    (select m.account_id from rooms_members m where m.id = coalesce(v_room.paused_member_id, g.hidden_from))
  from (values (1)) as one
  left join rooms_messages g on g.room_id = p_room and g.seq = p_seq and v_outcome in ('done', 'same');
end
$$;
