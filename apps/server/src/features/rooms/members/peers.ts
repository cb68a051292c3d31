import type { Policies } from "../policy.ts";
import type { FriendsPort, RoomsDatabase } from "../ports.ts";
import { listOthers, type Other } from "./store-peers.ts";

/** Others of one room told at most: member lists are told for what is in view. */
const maxOthers = 50;

/** Somebody else in a room; `isSilent` where they are to be seen as offline whatever they do. */
export type Peer = {
  readonly roomId: string;
  readonly memberId: string;
  readonly accountId: string;
  readonly isSilent: boolean;
};

export type PeersDeps = {
  readonly db: RoomsDatabase;
  readonly policies: Policies;
  readonly friends?: FriendsPort | undefined;
};

/**
 * Lists the others in rooms where an account may see who is there: where profiles are shown and it may post. In a direct room
 * nothing is to be seen before both have written or are friends: opening one takes no more than a nickname.
 */
export async function listPeers(deps: PeersDeps, accountId: string, roomIds: readonly string[]): Promise<Peer[]> {
  if (roomIds.length === 0) return [];
  const others = await listOthers(deps.db.sql, accountId, roomIds, maxOthers);
  const shown = others.filter(({ facts }) => !deps.policies.showsAlias(facts.kind) && deps.policies.can("post", facts));
  const strangers = shown.filter(isStranger).map((other) => other.accountId);
  const friends = strangers.length === 0 ? nobody : await deps.friends?.listFriendsAmong(accountId, strangers);
  return shown
    .filter((other) => !isStranger(other) || friends?.has(other.accountId))
    .map(({ roomId, memberId, accountId: otherId, isSilent }) => ({ roomId, memberId, accountId: otherId, isSilent }));
}

const isStranger = ({ facts, haveBothWritten }: Other) => facts.kind === "direct" && !haveBothWritten;
const nobody: ReadonlySet<string> = new Set();
