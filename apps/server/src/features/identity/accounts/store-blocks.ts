import type { Alias } from "@maru/protocol";
import { fromUuid, toUuidArray } from "./store-uuids.ts";

/** How the blocked person looked where they were blocked: by name, or by alias where the room hides names. */
export type BlockLabel = { readonly name?: string; readonly alias?: Alias; readonly avatarSeed: string };

/**
 * What a block holds for. Under an alias: the room in which it was made and later matches of the two. On a person: everything
 * that the two could do to each other.
 */
export type BlockScope = { readonly of: "person" } | { readonly of: "alias"; readonly roomId: string | null };

export type BlockRow = {
  readonly id: string;
  readonly blockerId: string;
  readonly blockedId: string;
  readonly scope: BlockScope;
  readonly label: BlockLabel;
  readonly blockedAt: Date;
};

/** Blocks on one page. */
const maxListed = 1_000;

type RawBlock = {
  id: string;
  blocker_id: string;
  blocked_id: string;
  scope: "person" | "alias";
  room_id: string | null;
  label: BlockLabel;
  blocked_at: Date;
};

function readBlock(raw: RawBlock): BlockRow {
  return {
    id: fromUuid(raw.id),
    blockerId: fromUuid(raw.blocker_id),
    blockedId: fromUuid(raw.blocked_id),
    scope: raw.scope === "person" ? { of: "person" } : { of: "alias", roomId: raw.room_id && fromUuid(raw.room_id) },
    label: raw.label,
    blockedAt: raw.blocked_at,
  };
}

const roomOf = (scope: BlockScope) => (scope.of === "alias" ? scope.roomId : null);

/** Stores a block; null when the blocker has blocked this account in this scope before, or one of the two is gone. */
export async function insertBlock(sql: Bun.SQL, block: BlockRow): Promise<BlockRow | null> {
  const [row] = await sql<RawBlock[]>`
    insert into identity_blocks (id, blocker_id, blocked_id, scope, room_id, label, blocked_at)
    select ${block.id}::uuid, ${block.blockerId}::uuid, ${block.blockedId}::uuid, ${block.scope.of},
      ${roomOf(block.scope)}::uuid, ${JSON.stringify(block.label)}::text::jsonb, ${block.blockedAt}::timestamptz
    where (select count(*) from living_accounts(array[${block.blockerId}::uuid, ${block.blockedId}::uuid])) = 2
    on conflict (blocker_id, blocked_id, scope, room_id) do nothing
    returning id, blocker_id, blocked_id, scope, room_id, label, blocked_at`;
  return row ? readBlock(row) : null;
}

export async function findBlock(
  sql: Bun.SQL,
  { blockerId, blockedId, scope }: Pick<BlockRow, "blockerId" | "blockedId" | "scope">,
): Promise<BlockRow | null> {
  const [row] = await sql<RawBlock[]>`
    select id, blocker_id, blocked_id, scope, room_id, label, blocked_at from identity_blocks
    where blocker_id = ${blockerId} and blocked_id = ${blockedId} and scope = ${scope.of}
      and room_id is not distinct from ${roomOf(scope)}::uuid`;
  return row ? readBlock(row) : null;
}

/** Finds a block by its id; null when there is none, also when it is somebody else's. */
export async function findOwnBlock(sql: Bun.SQL, blockerId: string, blockId: string): Promise<BlockRow | null> {
  const [row] = await sql<RawBlock[]>`
    select id, blocker_id, blocked_id, scope, room_id, label, blocked_at from identity_blocks
    where id = ${blockId} and blocker_id = ${blockerId}`;
  return row ? readBlock(row) : null;
}

export async function listBlocksOf(sql: Bun.SQL, blockerId: string): Promise<BlockRow[]> {
  const rows = await sql<RawBlock[]>`
    select id, blocker_id, blocked_id, scope, room_id, label, blocked_at from identity_blocks
    where blocker_id = ${blockerId} order by blocked_at desc, id desc limit ${maxListed}`;
  return rows.map(readBlock);
}

/** Deletes a block of this blocker; null when there is none, also when it is somebody else's. */
export async function deleteBlock(sql: Bun.SQL, blockerId: string, blockId: string): Promise<BlockRow | null> {
  const [row] = await sql<RawBlock[]>`
    delete from identity_blocks where id = ${blockId} and blocker_id = ${blockerId}
    returning id, blocker_id, blocked_id, scope, room_id, label, blocked_at`;
  return row ? readBlock(row) : null;
}

/** Lists the blocks, in either direction, between any two of these accounts. */
export async function listBlockPairs(
  sql: Bun.SQL,
  accountIds: readonly string[],
): Promise<{ blockerId: string; blockedId: string; scope: BlockScope["of"] }[]> {
  const ids = toUuidArray(accountIds);
  const rows = await sql<{ blocker_id: string; blocked_id: string; scope: BlockScope["of"] }[]>`
    select blocker_id, blocked_id, scope from identity_blocks
    where blocker_id = any(${ids}::text::uuid[]) and blocked_id = any(${ids}::text::uuid[])`;
  return rows.map(({ blocker_id, blocked_id, scope }) => {
    return { blockerId: fromUuid(blocker_id), blockedId: fromUuid(blocked_id), scope };
  });
}
