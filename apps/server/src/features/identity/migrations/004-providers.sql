-- Who somebody is at a provider. An e-mail is no part of it: it may change there and here.
create table identity_provider_links (
  issuer text not null,
  subject text not null,
  account_id uuid not null references identity_accounts (id) on delete cascade,
  provider_id text not null,
  connected_at timestamptz not null,
  primary key (issuer, subject),
  unique (account_id, provider_id)
);

-- Sign-ins that were sent to a provider and are awaited back, each once.
create table identity_provider_attempts (
  -- SHA-256 of the state.
  hash text primary key,
  provider_id text not null,
  -- SHA-256 of the secret in the browser's cookie: the answer has to come back to the browser that asked.
  browser_hash text not null,
  -- Nonce, code verifier, and where to go afterwards, sealed.
  sealed text not null,
  -- Set when somebody who is signed in connects a provider.
  account_id uuid references identity_accounts (id) on delete cascade,
  session_id uuid,
  expires_at timestamptz not null
);
create index identity_provider_attempts_by_end on identity_provider_attempts (expires_at);
