-- What is left to do before a browser is signed in; the browser holds the secret in a cookie.
create table identity_steps (
  -- SHA-256 of the secret.
  hash text primary key,
  kind text not null check (kind in ('code', 'second_factor', 'enroll')),
  account_id uuid references identity_accounts (id) on delete cascade,
  -- Of the address a code went to, taken or not: how many codes one address may be sent is counted by it.
  email_key_hash text,
  -- Everything else, sealed.
  sealed text not null,
  attempts int not null default 0,
  -- When mail or challenge was sent last, and how often.
  sent_at timestamptz,
  sends int not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index identity_steps_by_email on identity_steps (email_key_hash, created_at);
create index identity_steps_by_end on identity_steps (expires_at);

-- Links that set a password: by mail to who forgot it, from the operator at a first sign-in.
create table identity_links (
  hash text primary key,
  kind text not null check (kind in ('reset', 'first_sign_in')),
  -- Null when nobody has the address that was typed: the same work is done.
  account_id uuid references identity_accounts (id) on delete cascade,
  email_key_hash text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index identity_links_by_email on identity_links (email_key_hash, created_at);
create index identity_links_by_end on identity_links (expires_at);

create table identity_invites (
  hash text primary key,
  uses_left int not null check (uses_left >= 0),
  created_at timestamptz not null,
  expires_at timestamptz not null
);

-- Browsers from which an account was signed in to, so that a new one can be told of.
create table identity_devices (
  account_id uuid not null references identity_accounts (id) on delete cascade,
  -- SHA-256 over the account and the browser's secret: two accounts of one browser do not look alike.
  hash text not null,
  seen_at timestamptz not null,
  primary key (account_id, hash)
);
