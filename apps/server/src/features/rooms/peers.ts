import type { Policies } from "./policy.ts";
import type { RoomsDatabase } from "./ports.ts";
import { listOthers } from "./store-peers.ts";

/** Others of one room told at most: member lists are told for what is in view. */
const maxOthers = 50;

export type Peer = { readonly roomId: string; readonly memberId: string; readonly accountId: string };

/** Lists the others in rooms where an account may see who is there: where profiles are shown and it may post. */
export async function listPeers(
  deps: { readonly db: RoomsDatabase; readonly policies: Policies },
  accountId: string,
  roomIds: readonly string[],
): Promise<Peer[]> {
  if (roomIds.length === 0) return [];
  const others = await listOthers(deps.db.sql, accountId, roomIds, maxOthers);
  return others
    .filter(({ facts }) => !deps.policies.showsAlias(facts.kind) && deps.policies.canPost(facts))
    .map(({ roomId, memberId, accountId: otherId }) => ({ roomId, memberId, accountId: otherId }));
}
