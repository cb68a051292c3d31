-- Keys under which a nickname is held (skeletons of UTS 39): whoever has one keeps others from names that look like theirs.
create table identity_nickname_looks (
  look text primary key,
  -- Checked at the end, as the looks are taken before the account is stored.
  account_id uuid not null references identity_accounts (id) on delete cascade deferrable initially deferred
);
create index identity_nickname_looks_by_account on identity_nickname_looks (account_id);

alter table identity_accounts
  -- The nickname whose looks were taken. An older node changes the nickname alone; the next start takes the new looks.
  add column looks_of text,
  -- A nickname from before, like another's or reserved: it stays, and `maru doctor` names it.
  add column is_nickname_disputed boolean not null default false;
create index identity_accounts_without_looks on identity_accounts (id)
  where looks_of is distinct from nickname or is_nickname_disputed;
