-- Waiting people and the pairs they became.

-- One row per waiting account: the primary key makes a double wait impossible, on any number of nodes.
create table matching_requests (
  account_id uuid primary key,
  -- This wait; a later one of the same account has another id, so that late news of the old one is told apart.
  id uuid not null unique,
  requested_at timestamptz(3) not null default clock_timestamp(),
  -- Until when a node vouches for a live connection of the account. By the database's clock, so that nodes agree.
  alive_until timestamptz(3) not null,
  -- The end of patience.
  ends_at timestamptz(3) not null
);

create table matching_matches (
  id uuid primary key,
  room_id uuid not null unique,
  -- Ordered, so that two people are one key however they met.
  low_account_id uuid not null,
  high_account_id uuid not null check (low_account_id < high_account_id),
  low_request_id uuid not null,
  high_request_id uuid not null,
  made_at timestamptz(3) not null default clock_timestamp(),
  ended_at timestamptz(3)
);
create index matching_matches_low on matching_matches (low_account_id, made_at desc);
create index matching_matches_high on matching_matches (high_account_id, made_at desc);
