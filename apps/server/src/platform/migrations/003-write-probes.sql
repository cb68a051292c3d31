-- Written to while the database cannot store, to see whether it can again; empty otherwise. Kept uncompressed, so that
-- what is written takes the room on the disk that it seems to take.
create table platform_write_probes (filler text not null);
alter table platform_write_probes alter column filler set storage external;
