-- Marks of the secrets under which nodes have sealed since everything was last under one, that of `mark`.
alter table identity_seal_mark add column sealing_marks text[] not null default '{}';
