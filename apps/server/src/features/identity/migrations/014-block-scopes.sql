-- A block under an alias holds for the room in which it was made and for later matches of the two, and for nothing else:
-- whoever could see it anywhere else would know who is behind the alias.
alter table identity_blocks
  add column scope text not null default 'person' check (scope in ('person', 'alias')),
  -- The room of an alias block; null where it was made before rooms were kept with it.
  add column room_id uuid,
  add check (scope = 'alias' or room_id is null);
update identity_blocks set scope = 'alias' where label -> 'alias' is not null;

-- Two aliases of one person are blocked apart: one row for both would say that they are one.
alter table identity_blocks drop constraint identity_blocks_blocker_id_blocked_id_key;
alter table identity_blocks add constraint identity_blocks_key unique nulls not distinct (blocker_id, blocked_id, scope, room_id);

-- Which of these accounts are there to be written about. Locks them, so that none is closed or erased before the caller
-- has committed: a late writer would bring back what was erased. The door of accounts for statements of other features.
create function living_accounts(p_ids uuid[]) returns setof uuid
language sql volatile
as $$
  select a.id from identity_accounts a where a.id = any (p_ids) and a.state <> 'gone' order by a.id for key share
$$;
