-- Addresses from which a password was reset by mail: for an hour they count for themselves when they sign in there.
create unlogged table identity_sign_in_passes (
  account_id uuid not null references identity_accounts (id) on delete cascade,
  -- A keyed hash of account and address.
  address_hash text not null,
  expires_at timestamptz not null,
  primary key (account_id, address_hash)
);
create index identity_sign_in_passes_by_end on identity_sign_in_passes (expires_at);
