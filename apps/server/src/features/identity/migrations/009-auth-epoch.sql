-- One counter for all accounts: a sign-in through a provider does not know yet whose it is, and carries where the counter stood.
create sequence identity_auth_epochs;
select setval('identity_auth_epochs', 1);

-- Taken anew from the counter by whatever changes what opens the account; what began before is worthless then.
alter table identity_accounts add column auth_epoch bigint not null default 1;

-- The epoch that each began with. Null (written by a node of an earlier version) equals no account's.
alter table identity_auth_sessions add column auth_epoch bigint;
alter table identity_steps add column auth_epoch bigint;
alter table identity_links add column auth_epoch bigint;
alter table identity_totp add column auth_epoch bigint;
alter table identity_challenges add column auth_epoch bigint;
alter table identity_provider_attempts add column auth_epoch bigint;
