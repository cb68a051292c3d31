import { eventually } from "@maru/testkit";
import type { Database } from "../../apps/server/src/platform/db/database.ts";

/** Tables that a refused call may write to, or that somebody else writes to meanwhile; each with its reason. */
const restless: Readonly<Record<string, string>> = {
  identity_attempts: "failures count from their start, and outlive the refusal on purpose",
  platform_rate_counts: "what a limit counts outlives the refusal on purpose",
  identity_auth_sessions: "keeps when a device was last seen",
  identity_devices: "keeps when a browser was last seen",
  identity_challenges: "a challenge is spent by the answer to it, also by a wrong one",
  identity_provider_attempts: "an attempt is spent by whoever comes back with it",
  identity_steps: "keeps how often a code was tried, and ends with too many tries",
  platform_leases: "nodes renew it",
  platform_write_probes: "nodes write it to see whether they can",
  presence_accounts: "is written a moment after somebody came or went",
  presence_nodes: "nodes renew it",
};

/** Keeps which tables are written to. */
export type Ledger = {
  /** The tables that were written to since the last look, by what was committed. */
  take(): Promise<string[]>;
};

/** Watches every table of a database, by triggers: what was rolled back leaves no trace, what changed nothing neither. */
export async function openLedger(db: Database): Promise<Ledger> {
  const tables = await db.sql<{ name: string }[]>`
    select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
      and not relispartition order by relname`;
  const watched = tables.map(({ name }) => name).filter((name) => !Object.hasOwn(restless, name));
  await db.sql.unsafe(`
    create schema if not exists edges;
    create table if not exists edges.written (name text not null);
    create or replace function edges.note() returns trigger language plpgsql as $$
      begin
        if tg_op <> 'UPDATE' or old is distinct from new then insert into edges.written values (tg_table_name); end if;
        return null;
      end $$;
    ${watched
      .map(
        (name) => `create or replace trigger edges_note after insert or update or delete on ${name}
          for each row execute function edges.note();`,
      )
      .join("\n")}`);
  return {
    async take() {
      const rows = await db.sql<{ name: string }[]>`delete from edges.written returning name`;
      return [...new Set(rows.map(({ name }) => name))];
    },
  };
}

/** Waits until what was begun before has been written. */
export async function whenQuiet(ledger: Ledger): Promise<void> {
  let quietCount = 0;
  await eventually("nothing more is written", async () => {
    quietCount = (await ledger.take()).length === 0 ? quietCount + 1 : 0;
    return quietCount >= 5;
  });
}
