-- When a successor that is not used yet was handed out again; `handed_at` stays the first time.
alter table identity_refresh_tokens add column repeated_at timestamptz;
