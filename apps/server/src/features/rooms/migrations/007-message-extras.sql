-- What a message carries beside its text: kinds of content, each under its name, and `v`, the version of how they are
-- written. Null for all that is text alone, which is stored in as many bytes as before; adding the column rewrites nothing.
alter table rooms_messages add column extra jsonb;

-- What is deleted keeps nothing of what it carried, whoever deletes it, also a node of the version before.
create function rooms_drop_extra() returns trigger
language plpgsql
as $$
begin
  new.extra := null;
  return new;
end
$$;
create trigger rooms_drop_extra before update of deleted_at on rooms_messages
  for each row when (new.deleted_at is not null and new.extra is not null) execute function rooms_drop_extra();

-- Appends a batch of messages; tells one row per input, in input order:
--   new      written, with its numbers
--   old      this author sent this key to this room before (comes before rights), with the numbers of that message as it is now
--   again    the same key stands earlier in this batch; its result is the earlier one's
--   missing  no such room, or not a member of it
--   closed   the room has ended
--   denied   the member may not post
--   no_message  it replies to a line that is not there for its author
-- `p_extras` is empty where no message of the batch carries anything beside its text: what is missing is null.
-- What is said while a member of a direct room is paused is never told to them; `paused_account_id` says who that is.
-- Two statements at least, because one alone has a snapshot older than its locks: with repeats over eight connections that left
-- 9,100 gaps in 15,100 numbers. A volatile function takes a new snapshot for each statement.
-- The planner settings keep look-ups by index while statistics are missing; `lateral … limit 1` makes it use all
-- columns of an index (it read every message of an author when it was free to filter afterwards).
create function rooms_append(
  p_rooms uuid[], p_accounts uuid[], p_client_ids text[], p_texts text[], p_extras jsonb[]
)
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
  v_refused bigint[];
begin
  perform 1 from rooms_rooms r where r.id = any (p_rooms) order by r.id for no key update;
  v_now := clock_timestamp();
  -- Replies to what people did not write, or what their author was not told of. A statement of its own, for batches that carry
  -- something: among the outcomes below the look-up cost each message of every batch 4 µs, whether it was made or not.
  if cardinality(p_extras) > 0 then
    v_refused := array(
      select n.i from unnest(p_rooms, p_accounts, p_extras) with ordinality as n (room_id, account_id, extra, i)
      where n.extra ? 'reply' and not exists (
        select from rooms_members m
        join rooms_rooms r on r.id = m.room_id
        join rooms_messages x on x.room_id = r.id and x.seq = (n.extra #>> '{reply,seq}')::int
        where m.room_id = n.room_id and m.account_id = n.account_id and x.kind = 'text'
          and x.seq <= coalesce(m.paused_seq, r.last_seq)
          and (x.hidden_from is distinct from m.id or x.kept_text is not null)
      )
    );
  end if;
  return query
  with judged as materialized (
    select n.i, n.room_id, n.client_id, n.body, n.extra, m.id as member_id, r.epoch, r.has_hidden, r.last_seq, r.last_ord, r.rev,
      r.paused_member_id,
      old.seq as old_seq, old.ord as old_ord, old.rev as old_rev,
      case
        when m.id is null then 'missing'
        when old.seq is not null then 'old'
        when m.state <> 'active' then 'missing'
        when r.state <> 'open' then 'closed'
        when not m.may_post then 'denied'
        when n.i = any (v_refused) then 'no_message'
        when row_number() over (partition by n.room_id, n.account_id, n.client_id order by n.i) > 1 then 'again'
        else 'new'
      end as outcome
    from unnest(p_rooms, p_accounts, p_client_ids, p_texts, p_extras) with ordinality
      as n (room_id, account_id, client_id, body, extra, i)
    left join rooms_rooms r on r.id = n.room_id
    left join lateral (
      select x.id, x.state, x.may_post from rooms_members x
      where x.room_id = n.room_id and x.account_id = n.account_id limit 1
    ) m on true
    left join lateral (
      select x.seq, x.ord, x.rev from rooms_messages x
      where x.author_id = m.id and x.client_message_id = n.client_id and x.room_id = n.room_id limit 1
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
    insert into rooms_messages (room_id, seq, rev, ord, kind, author_id, client_message_id, text, sent_at, hidden_from,
      extra)
    select w.room_id, w.last_seq + w.n, w.rev + w.n, w.last_ord + w.n, 'text', w.member_id, w.client_id, w.body, v_now,
      w.paused_member_id, w.extra
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

-- The same for nodes of the version before, which send text alone; the release after this one drops it.
create or replace function rooms_append(p_rooms uuid[], p_accounts uuid[], p_client_ids text[], p_texts text[])
returns table (
  outcome text, seq int, ord int, rev int, member_id uuid, room_epoch int, has_hidden boolean, sent_ms double precision,
  paused_account_id uuid
)
language sql volatile
as $$
  select * from rooms_append(p_rooms, p_accounts, p_client_ids, p_texts, '{}'::jsonb[])
$$;

-- Edits or deletes as rooms_amend does, and tells the message as a row of its table: whoever adds a column to it changes
-- neither this function nor those that nodes of the version before call. An edit leaves what the message carries as it is.
create function rooms_amend_row(p_room uuid, p_account uuid, p_seq int, p_text text)
returns table (outcome text, room_epoch int, paused_account_id uuid, message rooms_messages)
language plpgsql volatile
as $$
begin
  select a.outcome, a.room_epoch, a.paused_account_id into outcome, room_epoch, paused_account_id
  from rooms_amend(p_room, p_account, p_seq, p_text) a;
  if outcome in ('done', 'same') then
    select g.* into message from rooms_messages g where g.room_id = p_room and g.seq = p_seq;
  end if;
  return next;
end
$$;
