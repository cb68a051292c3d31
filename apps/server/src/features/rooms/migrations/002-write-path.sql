-- The write path. Every writer locks room rows first, in order of id, `for no key update`; then members, in order of
-- id; then messages. These functions run in autocommit, one round trip each.

-- Appends a batch of messages; tells one row per input, in input order:
--   new      written, with its numbers
--   old      this author sent this key before (comes before rights), with the numbers of that message as it is now
--   again    the same key stands earlier in this batch; its result is the earlier one's
--   missing  no such room, or not a member of it
--   closed   the room has ended
--   denied   the member may not post
-- Two statements, because one alone has a snapshot older than its locks: with repeats over eight connections that left
-- 9,100 gaps in 15,100 numbers. A volatile function takes a new snapshot for each statement.
-- The planner settings keep look-ups by index while statistics are missing; `lateral … limit 1` makes it use all
-- columns of an index (it read every message of an author when it was free to filter afterwards).
create function rooms_append(p_rooms uuid[], p_accounts uuid[], p_client_ids text[], p_texts text[])
returns table (
  outcome text, seq int, ord int, rev int, member_id uuid, room_epoch int, has_hidden boolean, sent_ms double precision
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
    insert into rooms_messages (room_id, seq, rev, ord, kind, author_id, client_message_id, text, sent_at)
    select w.room_id, w.last_seq + w.n, w.rev + w.n, w.last_ord + w.n, 'text', w.member_id, w.client_id, w.body, v_now
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
    j.member_id, j.epoch, j.has_hidden, extract(epoch from v_now)::double precision * 1000
  from numbered j
  order by j.i;
end
$$;

-- Edits (p_text) or deletes (p_text null) one's own message. Tells `done`, `same` when there was nothing to change
-- (which takes no rev), or why not: missing (room or membership), no_message, not_yours, deleted, closed, denied.
-- A delete needs only membership: what one said can be taken back where one can no longer speak.
create function rooms_amend(p_room uuid, p_account uuid, p_seq int, p_text text)
returns table (
  outcome text, room_epoch int, seq int, ord int, rev int, kind text, author_id uuid, client_message_id text, text text,
  system jsonb, sent_at timestamptz, edited_at timestamptz, deleted_at timestamptz
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
      deleted_at = case when p_text is null then clock_timestamp() end
    where g.room_id = p_room and g.seq = p_seq;
  end if;
  return query
  select v_outcome, v_room.epoch, g.seq, g.ord, g.rev, g.kind, g.author_id, g.client_message_id, g.text, g.system,
    g.sent_at, g.edited_at, g.deleted_at
  from (values (1)) as one
  left join rooms_messages g on g.room_id = p_room and g.seq = p_seq and v_outcome in ('done', 'same');
end
$$;

-- The first message of a room sent at a time or after it, by bisection: times follow `seq` as closely as the
-- database's clock runs forward, and one more index on every message would serve this question alone.
create function rooms_seq_at(p_room uuid, p_at timestamptz) returns int
language plpgsql stable
as $$
declare
  v_low int := 1;
  v_high int;
  v_middle int;
  v_sent_at timestamptz;
begin
  select r.last_seq + 1 into v_high from rooms_rooms r where r.id = p_room;
  while v_low < v_high loop
    v_middle := (v_low + v_high) / 2;
    select g.sent_at into v_sent_at from rooms_messages g where g.room_id = p_room and g.seq = v_middle;
    if v_sent_at >= p_at then v_high := v_middle; else v_low := v_middle + 1; end if;
  end loop;
  return v_low;
end
$$;
