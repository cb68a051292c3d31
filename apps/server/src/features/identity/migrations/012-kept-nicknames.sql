-- Nicknames of people who left, which nobody else gets for a while: as keyed hashes, since they outlive the erasure.
create table identity_kept_nicknames (
  hash text primary key,
  free_at timestamptz not null
);
create index identity_kept_nicknames_by_end on identity_kept_nicknames (free_at);
