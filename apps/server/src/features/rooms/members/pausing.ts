import type { IdentityPort, Sql } from "../ports.ts";
import { directKeyOf, findDirectRoomId, lockRooms } from "../store-rooms.ts";
import { setPauses } from "./store-pauses.ts";

/** What a change of pauses comes down to: the direct room of the two, and the accounts whose own list changed. */
export type Paused = { readonly roomId: string; readonly accountIds: readonly string[] };

/**
 * Makes the direct room of two people what their blocks of each other say: whoever blocks is paused in it. Null when they
 * have none. The caller has locked the pair, so nobody makes the room meanwhile; each post is before or after.
 */
export async function applyPersonBlocks(
  tx: Sql,
  identity: Pick<IdentityPort, "listBlocksAmong">,
  a: string,
  b: string,
): Promise<Paused | null> {
  const roomId = await findDirectRoomId(tx, directKeyOf(a, b));
  if (roomId === null) return null;
  await lockRooms(tx, [roomId]);
  const blocks = await identity.listBlocksAmong(tx, [a, b]);
  const pausedIds = blocks.filter(({ scope }) => scope === "person").map(({ blockerId }) => blockerId);
  return { roomId, accountIds: await setPauses(tx, roomId, pausedIds) };
}
