-- Nicknames that were given up and are free again, which are cleared away each hour.
create index concurrently identity_nickname_looks_by_end on identity_nickname_looks (free_at) where free_at is not null;
