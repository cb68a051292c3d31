-- What follows from a room's kind stands with the room, written from the kind's policy when the room is made: no statement
-- knows the kinds.

-- Every room that there is has two people (no other kind could be made so far), and so has each that a node of the version
-- before still makes, which does not name these columns: so the default is theirs, and no row is read or rewritten, however
-- many there are. Whoever knows the columns writes them for every kind; `doctor unread` compares them with the policies.
alter table rooms_rooms
  -- A conversation of two: it ends for both when the account of one closes.
  add column is_pair boolean not null default true,
  -- Who has left stays among the members that a room list shows.
  add column shows_left_members boolean not null default true;

-- What the right to read follows from, as one word: statements compare it with what the policies let read.
create function rooms_facts(p_kind text, p_room_state text, p_member_state text, p_may_post boolean) returns text
language sql immutable parallel safe
as $$ select p_kind || ' ' || p_room_state || ' ' || p_member_state || ' ' || p_may_post::text $$;

-- One room as one member sees it. Unread is last_ord − read_ord: `read_ord` takes in what lies beyond the cursor and does
-- not count, so that whoever takes back the last unread message takes the badge away with it.
create or replace view rooms_summaries as
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
  -- The first few; where the kind says so, also those who have left.
  (
    select jsonb_agg(jsonb_build_object(
      'id', x.id, 'accountId', x.account_id, 'state', x.state, 'rev', x.rev,
      'adjective', x.alias_adjective, 'noun', x.alias_noun) order by x.id)
    from (
      select * from rooms_members o where o.room_id = m.room_id and (o.state = 'active' or r.shows_left_members)
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
