-- Whether both came to a match, and how waits ended.

alter table matching_matches
  -- Where each stood in the line: whoever is left alone by a partner that never came goes back to it.
  add column low_requested_at timestamptz(3),
  add column high_requested_at timestamptz(3),
  -- Until when a node vouches for a live connection of each; see matching_requests.
  add column low_alive_until timestamptz(3),
  add column high_alive_until timestamptz(3),
  -- True once each was still connected some seconds into the match. Matches made before this step count as joined.
  add column low_joined boolean not null default true,
  add column high_joined boolean not null default true,
  -- A match to which somebody never came: nobody met.
  add column is_void boolean not null default false;
alter table matching_matches
  alter column low_joined set default false,
  alter column high_joined set default false;
create index matching_matches_young on matching_matches (made_at)
  where ended_at is null and not (low_joined and high_joined);

-- The last wait of an account that ended without a match, for those whom the news did not reach; forgotten soon.
create table matching_endings (
  account_id uuid primary key,
  reason text not null check (reason in ('cancelled', 'disconnected', 'timed_out', 'suspended')),
  ended_at timestamptz(3) not null default clock_timestamp()
);
create index matching_endings_by_time on matching_endings (ended_at);
