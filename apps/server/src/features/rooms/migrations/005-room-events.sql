-- What happened in rooms, for features that must not miss it: who wants to know (consumers), which rooms changed (pending), what
-- each consumer has yet to take (backlogs), and how far it has come (positions).

-- A row says that a consumer takes part in rooms of a kind, and in what of them.
create table rooms_consumers (
  name text not null,
  kind text not null,
  -- change: every rev; state: the room's kind, state or name; unhide: something said in a room that a member put away.
  aspect text not null check (aspect in ('change', 'state', 'unhide')),
  created_at timestamptz(3) not null default clock_timestamp(),
  -- When a program last said that it has this consumer.
  seen_at timestamptz(3) not null default clock_timestamp(),
  primary key (name, kind)
);

-- A room that changed since the dispatcher looked. One row for a room, written in the transaction of the change by the
-- triggers below, so that no writer can forget it, nor one of a node of the version before.
create table rooms_pending (
  room_id uuid primary key,
  kind text not null,
  -- The room's rev before the first of these changes, and after the last.
  from_rev int not null,
  rev int not null,
  has_state boolean not null,
  has_unhide boolean not null,
  noted_at timestamptz(3) not null default clock_timestamp()
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- A room that a consumer has yet to take. Nobody holds a row of it longer than for one statement.
create table rooms_backlogs (
  consumer text not null,
  room_id uuid not null,
  from_rev int not null,
  rev int not null,
  noted_at timestamptz(3) not null,
  -- Later than now while the consumer failed at it.
  due_at timestamptz(3) not null default clock_timestamp(),
  attempts int not null default 0,
  primary key (consumer, room_id)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index rooms_backlogs_by_due on rooms_backlogs (consumer, due_at);

-- Up to which rev of a room a consumer has taken it; written with what the consumer writes.
create table rooms_positions (
  consumer text not null,
  room_id uuid not null,
  rev int not null,
  primary key (consumer, room_id)
) with (fillfactor = 70);

-- Notes a change of a room for those who want to know of such. The argument is the aspect.
create function rooms_note_change() returns trigger
language plpgsql
as $$
declare
  v_aspect text := tg_argv[0];
  v_from int := 0;
begin
  if v_aspect <> 'change'
    and not exists (select from rooms_consumers c where c.kind = new.kind and c.aspect = v_aspect) then
    return null;
  end if;
  if tg_op = 'UPDATE' then v_from := old.rev; end if;
  insert into rooms_pending as p (room_id, kind, from_rev, rev, has_state, has_unhide)
  values (new.id, new.kind, v_from, new.rev, v_aspect = 'state', v_aspect = 'unhide')
  on conflict (room_id) do update set
    rev = greatest(p.rev, excluded.rev),
    has_state = p.has_state or excluded.has_state,
    has_unhide = p.has_unhide or excluded.has_unhide;
  return null;
end
$$;

-- Both happen seldom, so they may always stand; the function asks for consumers.
create trigger rooms_note_state after update of state_rev on rooms_rooms
  for each row when (new.state_rev > old.state_rev) execute function rooms_note_change('state');
create trigger rooms_note_unhide after update of last_ord on rooms_rooms
  for each row when (new.has_hidden and new.last_ord > old.last_ord) execute function rooms_note_change('unhide');

-- Lets every change in rooms of these kinds be noted, and of no other: a kind without a consumer of every change pays
-- nothing for it, because no trigger fires.
create function rooms_note_kinds(p_kinds text[]) returns void
language plpgsql
as $$
begin
  if p_kinds::text is not distinct from coalesce((
    select obj_description(t.oid, 'pg_trigger') from pg_trigger t
    where t.tgrelid = 'rooms_rooms'::regclass and t.tgname = 'rooms_note_changes'
  ), '{}') then
    return;
  end if;
  drop trigger if exists rooms_note_made on rooms_rooms;
  drop trigger if exists rooms_note_changes on rooms_rooms;
  if cardinality(p_kinds) = 0 then
    return;
  end if;
  execute format(
    'create trigger rooms_note_made after insert on rooms_rooms
       for each row when (new.kind = any (%L::text[])) execute function rooms_note_change(''change'')', p_kinds);
  execute format(
    'create trigger rooms_note_changes after update of rev on rooms_rooms
       for each row when (new.rev > old.rev and new.kind = any (%L::text[]))
       execute function rooms_note_change(''change'')', p_kinds);
  execute format('comment on trigger rooms_note_changes on rooms_rooms is %L', p_kinds::text);
end
$$;
