import type { Alias } from "@maru/protocol";
import { fromUuid, toUuidArray } from "./store-uuids.ts";

/** How the blocked person looked where they were blocked: by name, or by alias where the room hides names. */
export type BlockLabel = { readonly name?: string; readonly alias?: Alias; readonly avatarSeed: string };

export type BlockRow = {
  readonly id: string;
  readonly blockerId: string;
  readonly blockedId: string;
  readonly label: BlockLabel;
  readonly blockedAt: Date;
};

/** Blocks told at once. */
const maxListed = 1_000;

type RawBlock = { id: string; blocker_id: string; blocked_id: string; label: BlockLabel; blocked_at: Date };

function readBlock(raw: RawBlock): BlockRow {
  return {
    id: fromUuid(raw.id),
    blockerId: fromUuid(raw.blocker_id),
    blockedId: fromUuid(raw.blocked_id),
    label: raw.label,
    blockedAt: raw.blocked_at,
  };
}

/** Stores a block; null when the blocker has blocked this account before. */
export async function insertBlock(sql: Bun.SQL, block: BlockRow): Promise<BlockRow | null> {
  const [row] = await sql<RawBlock[]>`
    insert into identity_blocks (id, blocker_id, blocked_id, label, blocked_at)
    values (${block.id}, ${block.blockerId}, ${block.blockedId}, ${JSON.stringify(block.label)}::text::jsonb,
      ${block.blockedAt})
    on conflict (blocker_id, blocked_id) do nothing
    returning id, blocker_id, blocked_id, label, blocked_at`;
  return row ? readBlock(row) : null;
}

export async function findBlock(sql: Bun.SQL, blockerId: string, blockedId: string): Promise<BlockRow | null> {
  const [row] = await sql<RawBlock[]>`
    select id, blocker_id, blocked_id, label, blocked_at from identity_blocks
    where blocker_id = ${blockerId} and blocked_id = ${blockedId}`;
  return row ? readBlock(row) : null;
}

export async function findBlockedId(sql: Bun.SQL, blockerId: string, blockId: string): Promise<string | null> {
  const [row] = await sql<{ blocked_id: string }[]>`
    select blocked_id from identity_blocks where id = ${blockId} and blocker_id = ${blockerId}`;
  return row ? fromUuid(row.blocked_id) : null;
}

export async function listBlocksOf(sql: Bun.SQL, blockerId: string): Promise<BlockRow[]> {
  const rows = await sql<RawBlock[]>`
    select id, blocker_id, blocked_id, label, blocked_at from identity_blocks
    where blocker_id = ${blockerId} order by blocked_at desc, id desc limit ${maxListed}`;
  return rows.map(readBlock);
}

/** Deletes a block of this blocker; null when there is none, also when it is somebody else's. */
export async function deleteBlock(sql: Bun.SQL, blockerId: string, blockId: string): Promise<BlockRow | null> {
  const [row] = await sql<RawBlock[]>`
    delete from identity_blocks where id = ${blockId} and blocker_id = ${blockerId}
    returning id, blocker_id, blocked_id, label, blocked_at`;
  return row ? readBlock(row) : null;
}

/** Lists the blocks, in either direction, between any two of these accounts. */
export async function listBlockPairs(
  sql: Bun.SQL,
  accountIds: readonly string[],
): Promise<{ blockerId: string; blockedId: string }[]> {
  const ids = toUuidArray(accountIds);
  const rows = await sql<{ blocker_id: string; blocked_id: string }[]>`
    select blocker_id, blocked_id from identity_blocks
    where blocker_id = any(${ids}::text::uuid[]) and blocked_id = any(${ids}::text::uuid[])`;
  return rows.map((row) => ({ blockerId: fromUuid(row.blocker_id), blockedId: fromUuid(row.blocked_id) }));
}
