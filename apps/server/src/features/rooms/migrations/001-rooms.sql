-- Rooms, their members and their messages: one ordered log per room.

-- Identity of this installation's numbering; a restore from backup writes a new one.
create table rooms_installation (
  is_only_row boolean primary key default true check (is_only_row),
  epoch text not null default substr(md5(gen_random_uuid()::text), 1, 8)
);
insert into rooms_installation default values;

-- The counters are taken by whoever holds the row's lock. Half of each page stays free, so that an update of the
-- counters finds room beside the row and touches no index.
create table rooms_rooms (
  id uuid primary key,
  kind text not null check (kind in ('direct', 'group', 'match', 'channel', 'support')),
  state text not null default 'open' check (state in ('open', 'closed')),
  name text,
  -- Both accounts of a direct room in order, so that two people have one room however they open it.
  direct_key text unique,
  -- The room's own part of its epoch.
  epoch int not null default 0,
  last_seq int not null default 0,
  last_ord int not null default 0,
  rev int not null default 0,
  -- The rev at which kind, state or name changed last.
  state_rev int not null default 0,
  member_count int not null default 0,
  -- True while some member may have the room hidden; a message then asks who is to see it again.
  has_hidden boolean not null default false,
  -- The last writing transaction: with a snapshot's xmin it tells exactly which rooms advanced since.
  changed_xid xid8 not null default pg_current_xact_id(),
  created_at timestamptz(3) not null default clock_timestamp(),
  active_at timestamptz(3) not null default clock_timestamp()
) with (fillfactor = 50);

-- An account in a room. Read cursors move often and are in no index.
create table rooms_members (
  id uuid primary key,
  room_id uuid not null,
  account_id uuid not null,
  state text not null default 'active' check (state in ('active', 'left')),
  may_post boolean not null default true,
  alias_adjective smallint,
  alias_noun smallint,
  joined_at timestamptz(3) not null default clock_timestamp(),
  left_at timestamptz(3),
  read_seq int not null default 0,
  read_ord int not null default 0,
  pinned_at timestamptz(3),
  muted boolean not null default false,
  archived boolean not null default false,
  marked_unread boolean not null default false,
  -- The room's last_ord when the member put it away: hidden while nothing has been said since.
  hidden_ord int,
  -- The room's rev at which others last saw this member change.
  rev int not null default 0,
  -- The account's rev at which this membership last changed for its owner.
  account_rev int not null default 0,
  unique (room_id, account_id)
) with (fillfactor = 70);
create index rooms_members_account on rooms_members (account_id, room_id);
create index rooms_members_changes on rooms_members (room_id, rev);

-- No foreign keys: rooms are locked before their messages are written, and the check costs a sixth of the throughput.
create table rooms_messages (
  room_id uuid not null,
  seq int not null,
  rev int not null,
  ord int not null,
  kind text not null check (kind in ('text', 'system')),
  author_id uuid,
  client_message_id text,
  text text,
  system jsonb,
  sent_at timestamptz(3) not null,
  edited_at timestamptz(3),
  deleted_at timestamptz(3),
  primary key (room_id, seq),
  unique (room_id, rev),
  -- A membership belongs to one room, so this is one send per room, author and key. Without the room in front no
  -- other index fits the look-up: a planner without statistics chose the primary key and read the whole room.
  unique (author_id, client_message_id)
);

-- One room as one member sees it.
create view rooms_summaries as
select
  m.account_id, m.room_id, r.kind, r.state as room_state, r.name, r.epoch, r.rev, r.last_seq, r.last_ord,
  coalesce(m.left_at, r.active_at) as active_at, r.changed_xid, m.id as member_id, m.state as member_state, m.may_post, m.rev as member_rev, m.account_rev,
  m.read_seq, m.read_ord, m.pinned_at is not null as pinned, m.muted, m.archived, m.marked_unread,
  -- Derived, so that a message shows a room again in the same instant as it exists.
  coalesce(m.hidden_ord >= r.last_ord, false) as hidden,
  g.rev as last_message_rev, g.ord as last_message_ord, g.kind as last_message_kind, g.author_id, g.client_message_id,
  g.text, g.system, g.sent_at, g.edited_at, g.deleted_at,
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
left join rooms_messages g on g.room_id = r.id and g.seq = r.last_seq;
