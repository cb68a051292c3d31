-- Guesses at one account, counted over all nodes. Unlogged: a crash of the database forgives them, which is no way to guess.
create unlogged table identity_attempts (
  -- Of what is guessed at and whose it is; not the address itself.
  key text primary key,
  failures int not null,
  blocked_until timestamptz,
  last_at timestamptz not null
);
create index identity_attempts_by_time on identity_attempts (last_at);
