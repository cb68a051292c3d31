-- Who may do a thing that one node at a time does, by the database's clock.
create table platform_leases (
  name text primary key,
  holder text not null,
  -- Counts changes of the holder, so that a node that slept through its loss can tell.
  epoch int not null default 1,
  expires_at timestamptz not null
);
