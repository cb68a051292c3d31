import type { SyncParts } from "./account-sync.ts";
import type { CommandOutput } from "./commands.ts";

/**
 * Returns the parts of an answer to `account.sync`. A server of the version before knows no parts: what it tells are those two
 * that it has, whatever it was asked for.
 */
export function syncPartsOf(answer: CommandOutput<"account.sync">): SyncParts {
  if ("parts" in answer) return answer.parts;
  const { heads, reset, rooms, nextCursor, match } = answer;
  return {
    rooms: { reset, since: heads, rooms, ...(nextCursor === undefined ? {} : { nextCursor }) },
    matching: { match },
  };
}
