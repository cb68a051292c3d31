import { toWireId } from "@maru/protocol";
import type { DatabaseProcess } from "../database-process.ts";

/** What people said, as the database has it in the end: by room, in order of `seq`. */
export type Stored = ReadonlyMap<string, readonly StoredMessage[]>;
export type StoredMessage = { readonly seq: number; readonly key: string };

/** Reads every room whole. The bench looks past the product's doors here: it must not believe what it is told. */
export function readStored(database: DatabaseProcess): Promise<Stored> {
  return database.ask(async (sql) => {
    const rows: { room: string; seq: number; key: string | null }[] = await sql`
      select replace(room_id::text, '-', '') as room, seq, client_message_id as key from rooms_messages
      order by room_id, seq`;
    const stored = new Map<string, StoredMessage[]>();
    for (const { room, seq, key } of rows) {
      const roomId = toWireId("room", room);
      const messages = stored.get(roomId);
      const message = { seq, key: key ?? "" };
      if (messages) messages.push(message);
      else stored.set(roomId, [message]);
    }
    return stored;
  });
}

/** Reads where each room stands, by its last `seq`. */
export function readHeads(database: DatabaseProcess): Promise<ReadonlyMap<string, number>> {
  return database.ask(async (sql) => {
    const rows: { room: string; seq: number }[] = await sql`
      select replace(id::text, '-', '') as room, last_seq as seq from rooms_rooms`;
    return new Map(rows.map(({ room, seq }) => [toWireId("room", room), seq]));
  });
}
