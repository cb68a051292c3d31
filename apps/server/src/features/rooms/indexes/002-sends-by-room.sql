-- One send per room, author and key: an author who speaks in many rooms may use the same key in each.
create unique index concurrently rooms_messages_sends on rooms_messages (author_id, client_message_id, room_id);
alter table rooms_messages drop constraint if exists rooms_messages_author_id_client_message_id_key;
