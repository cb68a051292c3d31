-- The first members of a room, which each row of the room list shows: without it they were found among all members of all
-- rooms, in order of id.
create index concurrently rooms_members_by_id on rooms_members (room_id, id);
