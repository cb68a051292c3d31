create table identity_totp (
  account_id uuid primary key references identity_accounts (id) on delete cascade,
  -- The shared secret, sealed.
  sealed text not null,
  -- Null until a first code showed that an app holds the secret.
  confirmed_at timestamptz,
  -- The last time step whose code was taken: none is taken twice.
  last_step bigint not null default 0,
  created_at timestamptz not null
);

create table identity_recovery_codes (
  account_id uuid not null references identity_accounts (id) on delete cascade,
  hash text not null,
  used_at timestamptz,
  primary key (account_id, hash)
);

create table identity_passkeys (
  -- The credential's own id, base64url.
  id text primary key,
  account_id uuid not null references identity_accounts (id) on delete cascade,
  -- COSE, base64url.
  public_key text not null,
  counter bigint not null,
  transports jsonb not null,
  name text not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index identity_passkeys_by_account on identity_passkeys (account_id);

-- What a passkey that is being made has to sign; used up by the first answer.
create table identity_challenges (
  account_id uuid primary key references identity_accounts (id) on delete cascade,
  challenge text not null,
  expires_at timestamptz not null
);
