-- What is limited over all nodes, and when it was done. Unlogged: a crash of the database forgives it.
create unlogged table platform_rate_counts (
  -- A keyed hash of the limit's name and of whom it counts.
  key text primary key,
  -- Times within the limit's window, ascending, in ms since 1970.
  hits bigint[] not null,
  ends_at timestamptz not null
);
create index platform_rate_counts_by_end on platform_rate_counts (ends_at);
