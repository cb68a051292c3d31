-- A nickname that somebody changed stays theirs for a while: nobody else gets one that looks like it until then. Null while
-- it is the nickname of the account. The row goes with the account.
alter table identity_nickname_looks add column free_at timestamptz;
