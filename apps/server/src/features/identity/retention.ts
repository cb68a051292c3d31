import { type Clock, limits } from "@maru/protocol";
import type { Database } from "../../platform/db/database.ts";
import { handOverLooks, keepNicknamesInUse, settleNicknames } from "./accounts/nickname-settling.ts";
import { deleteFreeNicknames } from "./accounts/store-kept-nicknames.ts";
import { deleteFreeLooks } from "./accounts/store-nicknames.ts";
import { deleteOldLinks } from "./passwords/store-links.ts";
import { deleteOldProviderAttempts } from "./providers/store-providers.ts";
import { deleteForgottenTokens, keepEndedTokens } from "./sessions/store-ended-tokens.ts";
import { deleteOldRevocations } from "./sessions/store-revocations.ts";
import { deleteDeadSessions } from "./sessions/store-sessions.ts";
import { deleteOldAttempts } from "./sign-in/store-attempts.ts";
import { deleteOldDevices } from "./sign-in/store-devices.ts";
import { deleteOldSignInPasses } from "./sign-in/store-sign-in-passes.ts";
import { deleteOldSteps } from "./sign-in/store-steps.ts";
import { deleteOldInvites } from "./sign-up/store-invites.ts";

const hourMs = 3_600_000;
/** How long before a given-up nickname is free this is looked after, so often that one look may fail: whether its owner bears it again. */
const wornAheadMs = 24 * hourMs;
/** The same for who has borne a nickname like it since before the rules; its owner cannot take it back from then on. */
const handOverMs = 2 * hourMs;
/** How long an ended session is kept with all its tokens; after that the tokens that a device may hold are kept alone. */
const rememberEndedMs = 30 * 24 * hourMs;
/** How long a browser that is not used is known again. */
const rememberDevicesMs = 400 * 24 * hourMs;

/** How often it is done, by one node for all. */
export const retentionEveryMs = hourMs;

/** Deletes what is kept no longer; doing it twice changes nothing. */
export function createRetention({ db, clock }: { readonly db: Database; readonly clock: Clock }) {
  async function sweep(): Promise<void> {
    const now = clock.now();
    const revokedAt = new Date(now - rememberEndedMs);
    const usedAt = new Date(now - limits.refreshTokenMs - rememberEndedMs);
    await db.transaction(async (tx) => {
      await keepEndedTokens(tx, { revokedBefore: revokedAt });
      await deleteDeadSessions(tx, { usedAt, revokedAt });
    });
    await deleteForgottenTokens(db.sql, new Date(now));
    await deleteOldRevocations(db.sql);
    // What counts how much was sent to an address is needed for an hour.
    const endedBefore = new Date(now - hourMs);
    await deleteOldSteps(db.sql, endedBefore);
    await deleteOldLinks(db.sql, endedBefore);
    await deleteOldAttempts(db.sql, new Date(now - 24 * hourMs));
    await deleteOldProviderAttempts(db.sql, endedBefore);
    await deleteFreeNicknames(db.sql, new Date(now));
    // A version from before looks were kept, or given up, may run beside this one and change nicknames.
    await settleNicknames(db);
    await keepNicknamesInUse(db, new Date(now + wornAheadMs));
    await handOverLooks(db, new Date(now + handOverMs));
    await deleteFreeLooks(db.sql, new Date(now));
    await deleteOldInvites(db.sql, endedBefore);
    await deleteOldSignInPasses(db.sql, new Date(now));
    await deleteOldDevices(db.sql, new Date(now - rememberDevicesMs));
  }

  return { sweep };
}
