-- When every feature has taken in that the account is closed; until then they are told again.
alter table identity_leavings add column departed_at timestamptz;
create index identity_leavings_untold on identity_leavings (left_at) where departed_at is null;
