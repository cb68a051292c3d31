create table identity_accounts (
  id uuid primary key,
  email text,
  -- Trimmed, lower-case, domain in ASCII: two spellings of one address cannot make two accounts.
  email_key text unique,
  email_verified_at timestamptz,
  nickname text not null,
  nickname_key text not null unique,
  password_hash text,
  intro text not null default '',
  locale text not null default 'ko' check (locale in ('ko', 'en')),
  state text not null default 'active' check (state in ('active', 'suspended', 'gone')),
  kind text not null default 'person' check (kind in ('person', 'business', 'operator')),
  -- Random, so that the generated picture tells nothing of the id.
  avatar_seed text not null,
  -- Counts the changes in the account's own log; taken by whoever writes such a change.
  rev int not null default 0,
  created_at timestamptz not null
) with (fillfactor = 85);

create table identity_consents (
  account_id uuid not null references identity_accounts (id) on delete cascade,
  kind text not null check (kind in ('age', 'terms', 'privacy', 'marketing')),
  version text not null,
  given_at timestamptz not null,
  withdrawn_at timestamptz,
  primary key (account_id, kind, given_at)
);

create table identity_auth_sessions (
  id uuid primary key,
  account_id uuid not null references identity_accounts (id) on delete cascade,
  device_name text not null default '',
  -- Counts rotations; old tokens are forgotten by it.
  generation int not null default 0,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  revoked_at timestamptz
);
create index identity_auth_sessions_by_account on identity_auth_sessions (account_id, last_used_at);
create index identity_auth_sessions_by_use on identity_auth_sessions (last_used_at);

create table identity_refresh_tokens (
  -- SHA-256 of the token, hexadecimal.
  hash text primary key,
  session_id uuid not null references identity_auth_sessions (id) on delete cascade,
  generation int not null,
  state text not null check (state in ('fresh', 'current', 'spent')),
  -- The token itself, sealed under its predecessor, while it is fresh.
  sealed text,
  handed_at timestamptz not null,
  retired_at timestamptz
);
create index identity_refresh_tokens_by_session on identity_refresh_tokens (session_id, generation);

create table identity_blocks (
  id uuid primary key,
  blocker_id uuid not null references identity_accounts (id) on delete cascade,
  blocked_id uuid not null references identity_accounts (id) on delete cascade,
  -- Name or alias and picture of the blocked person as the blocker saw them.
  label jsonb not null,
  blocked_at timestamptz not null,
  unique (blocker_id, blocked_id),
  check (blocker_id <> blocked_id)
);
create index identity_blocks_by_blocked on identity_blocks (blocked_id);

-- What every node must refuse from now on although its tokens have not expired. Read by polling: the bus may lose.
create table identity_revocations (
  serial bigint generated always as identity primary key,
  kind text not null check (kind in ('session', 'account', 'account_restored')),
  account_id uuid not null,
  session_id uuid,
  reason text not null,
  -- By the database's clock, which all nodes share.
  at timestamptz not null default clock_timestamp(),
  check ((kind = 'session') = (session_id is not null))
);
create index identity_revocations_by_time on identity_revocations (at);
