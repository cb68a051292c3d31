-- People who have left and are not erased yet.
create table identity_leavings (
  account_id uuid primary key references identity_accounts (id) on delete cascade,
  -- What becomes of their messages.
  messages text not null check (messages in ('keep', 'remove')),
  left_at timestamptz not null,
  erase_after timestamptz not null
);
create index identity_leavings_by_end on identity_leavings (erase_after);
