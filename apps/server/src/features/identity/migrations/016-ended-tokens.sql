-- Refresh tokens of sessions that somebody ended and that are deleted since: a device that comes back with one is told that
-- it was ended, rather than that its token is not known. Hashes alone, of whom nobody knows: they outlive the erasure.
create table identity_ended_tokens (
  hash text primary key,
  -- When the browser has forgotten the token by itself.
  ends_at timestamptz not null
);
create index identity_ended_tokens_by_end on identity_ended_tokens (ends_at);
