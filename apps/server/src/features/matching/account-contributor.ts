import type { MatchState, SyncPart } from "@maru/protocol";
import type { AccountContributor } from "../../platform/account-log/contributor.ts";
import { BatchLoader } from "../../platform/batch-loader.ts";

/** Accounts that the database is asked about at once. */
const batchAccounts = 200;

/**
 * Contributes where an account stands with matching. One small state, told whole; it takes no number of the account log,
 * which would lock accounts while they are paired: the heartbeat finds within a second what the bus lost.
 */
export function createMatchingContributor(
  findStates: (accountIds: readonly string[]) => Promise<ReadonlyMap<string, MatchState>>,
): AccountContributor<"matching"> {
  const states = new BatchLoader(batchAccounts, findStates);
  const snapshot = async (accountId: string): Promise<SyncPart<"matching">> => ({
    match: (await states.load(accountId)) ?? { state: "idle", reason: "none" },
  });
  return {
    name: "matching",
    changesSince: ({ accountId }) => snapshot(accountId),
    snapshot,
    older: { readHeld: () => [], present: async (part) => part },
  };
}
