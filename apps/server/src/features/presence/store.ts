import type { Presence } from "@maru/protocol";
import type { Sql } from "./ports.ts";

/** A node that has not beaten for this long is dead, in ms by the database's clock. */
export const nodeLifeMs = 15_000;

export type SeenAccount = { readonly accountId: string; readonly isAway: boolean };

const ids = (sql: Sql, list: readonly string[]) => sql.array([...list], "UUID");

/** Marks a node as alive; false when the others had given it up, and with it all it had said. */
export async function beat(tx: Sql, nodeId: string): Promise<boolean> {
  const rows = await tx`
    insert into presence_nodes (id) values (${nodeId})
    on conflict (id) do update set beat_at = clock_timestamp()
    returning xmax = 0 as is_new`;
  return !rows[0]?.is_new;
}

/** Removes nodes that are dead, and what they had said. */
export async function removeDeadNodes(tx: Sql): Promise<void> {
  await tx`
    with dead as (
      delete from presence_nodes where id in (
        select id from presence_nodes where beat_at < clock_timestamp() - ${nodeLifeMs * 2} * interval '1 ms'
        order by id for update skip locked
      ) returning id
    )
    delete from presence_accounts where node_id in (select id from dead)`;
}

export async function removeNode(tx: Sql, nodeId: string): Promise<void> {
  await tx`delete from presence_accounts where node_id = ${nodeId}`;
  await tx`delete from presence_nodes where id = ${nodeId}`;
}

/** Forgets that an account is there. */
export async function eraseAccount(sql: Sql, accountId: string): Promise<void> {
  await sql`delete from presence_accounts where account_id = ${accountId}`;
}

/**
 * Writes how accounts are seen from a node, and forgets those who have gone. Written late, as it is, it asks in the same
 * statement who is still there: a row of somebody who was erased meanwhile would stay.
 */
export async function writeSeen(
  tx: Sql,
  nodeId: string,
  seen: readonly SeenAccount[],
  goneIds: readonly string[],
): Promise<void> {
  if (goneIds.length > 0) {
    await tx`
      delete from presence_accounts where node_id = ${nodeId} and account_id = any(${ids(tx, goneIds)}::uuid[])`;
  }
  if (seen.length === 0) return;
  const accountIds = ids(
    tx,
    seen.map(({ accountId }) => accountId),
  );
  const away = tx.array(
    seen.map(({ isAway }) => isAway),
    "BOOLEAN",
  );
  await tx`
    insert into presence_accounts (account_id, node_id, is_away)
    select p.account_id, ${nodeId}::uuid, p.is_away
    from unnest(${accountIds}::uuid[], ${away}::bool[]) as p (account_id, is_away)
    join living_accounts(${accountIds}::uuid[]) as a (id) on a.id = p.account_id
    order by p.account_id
    on conflict (account_id, node_id) do update set is_away = excluded.is_away`;
}

/** Reads how accounts are seen from all nodes that live; who is not among them is offline. */
export async function listPresences(sql: Sql, accountIds: readonly string[]): Promise<Map<string, Presence>> {
  const rows = await sql<{ account_id: string; is_away: boolean }[]>`
    select a.account_id, bool_and(a.is_away) as is_away
    from presence_accounts a
    join presence_nodes n on n.id = a.node_id and n.beat_at > clock_timestamp() - ${nodeLifeMs} * interval '1 ms'
    where a.account_id = any(${ids(sql, accountIds)}::uuid[])
    group by a.account_id`;
  return new Map(rows.map((row) => [row.account_id.replaceAll("-", ""), row.is_away ? "away" : "online"]));
}
