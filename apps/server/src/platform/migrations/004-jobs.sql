-- Work that is owed: kept until it is done, on whichever node does it. A row goes when its work is done.
create table platform_jobs (
  id uuid primary key,
  kind text not null,
  -- While a job of this kind and key stands, another one is not added.
  key text,
  -- What the work needs to know, in words of its kind.
  payload text,
  created_at timestamptz not null default clock_timestamp(),
  -- While a worker holds the job, this lies a lease ahead: if the worker dies, another one takes it then.
  due_at timestamptz not null,
  -- After this nobody needs it any more.
  expires_at timestamptz,
  -- A job that comes back stays, and is due again so long after it was done.
  every_ms int,
  -- How often it was taken since it was done last.
  attempts int not null default 0,
  -- Counts how often it was taken at all, so that a worker that slept through its lease can tell.
  fence int not null default 0,
  holder text,
  -- It was asked for while somebody worked on it: it is due again right afterwards.
  is_wanted boolean not null default false,
  unique (kind, key)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index platform_jobs_by_due on platform_jobs (kind, due_at, id);
