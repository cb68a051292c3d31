-- A mail is a job: its sealed words are the payload. What waits moves over with its time.
insert into platform_jobs (id, kind, payload, created_at, due_at, expires_at, attempts)
select id, 'mail.send', sealed, created_at, next_try_at, expires_at, attempts from platform_mails;
drop table platform_mails;

-- For nodes of the version before, which keep and send mails by this name while they are replaced.
create view platform_mails as
select id, payload as sealed, created_at, due_at as next_try_at, attempts, expires_at, kind
from platform_jobs where kind = 'mail.send';
alter view platform_mails alter column kind set default 'mail.send';
alter view platform_mails alter column attempts set default 0;
