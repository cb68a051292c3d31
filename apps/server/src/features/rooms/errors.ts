import { fail } from "../../platform/errors.ts";
import type { AppendOutcome } from "./log/store-append.ts";
import type { RoomsDatabase } from "./ports.ts";
import type { AmendOutcome } from "./store-messages.ts";

/** Refuses at once what could not be stored now. */
export function requireWritable(db: Pick<RoomsDatabase, "isWritable">): void {
  if (!db.isWritable) throw fail("server.unavailable", undefined, { retryAfterMs: 2_000 });
}

/** What a member is told where the database refused a write. A room one is not in answers as one that does not exist. */
export function failRefused(outcome: AppendOutcome | AmendOutcome): Error {
  switch (outcome) {
    case "missing":
      return fail("room.not_found");
    case "closed":
      return fail("room.closed");
    case "denied":
      return fail("room.posting_denied");
    case "no_message":
      return fail("message.not_found");
    case "not_yours":
      return fail("message.not_yours");
    case "deleted":
      return fail("message.deleted");
    case "new":
    case "old":
    case "again":
    case "done":
    case "same":
      throw new Error(`${outcome} is no refusal`);
  }
}
