import { join } from "node:path";
import type { DatabaseProcess } from "../database-process.ts";

/** A rule of the product, switched off to show that the chaos run notices. */
export type PlantedFault = {
  /** Modules that each node loads first. */
  readonly preload?: readonly string[];
  readonly inDatabase?: (database: DatabaseProcess) => Promise<void>;
};

const module = (name: string) => join(import.meta.dir, "planted", name);

/** The same `clientMessageId` again is a new message. */
export const withoutDuplicateCheck: PlantedFault = {
  async inDatabase(database) {
    await database.ask(async (sql) => {
      const [unique] = await sql`
        select indexrelid::regclass::text as name from pg_index
        where indrelid = 'rooms_messages'::regclass and indisunique and pg_get_indexdef(indexrelid) like '%client_message_id%'`;
      const [append] =
        await sql`select pg_get_functiondef('rooms_append(uuid[],uuid[],text[],text[],jsonb[])'::regprocedure) as text`;
      const planted = append.text.replace("when old.seq is not null then 'old'", "");
      if (planted === append.text) throw new Error("The duplicate check is not where it was; this plant is stale.");
      await sql.unsafe(planted);
      await sql.unsafe(`drop index ${unique.name}`).catch(async () => {
        await sql.unsafe(`alter table rooms_messages drop constraint ${unique.name}`);
      });
    });
  },
};

/** What a node missed is neither waited for nor read from the database: the next change is told as if nothing were missing. */
export const withoutGapRepair: PlantedFault = { preload: [module("no-gap-repair.ts")] };

/** The answer to a send goes out before its commit. */
export const withoutCommitBeforeReply: PlantedFault = { preload: [module("reply-before-commit.ts")] };
