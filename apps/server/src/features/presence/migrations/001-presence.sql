-- Who is there. Unlogged: after a crash of the database nobody is there until the nodes say so again, which they do.

-- A running process. Rows of a node that stopped beating count no more, whatever they say.
create unlogged table presence_nodes (
  id uuid primary key,
  beat_at timestamptz not null default clock_timestamp()
);

-- How an account is seen from one node; no row while it has no connection there.
create unlogged table presence_accounts (
  account_id uuid not null,
  node_id uuid not null,
  is_away boolean not null,
  primary key (account_id, node_id)
);
create index presence_accounts_node on presence_accounts (node_id);
