import type { Clock } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import type { KeptNicknames } from "../accounts/kept-nicknames.ts";
import { keysOfNickname } from "../accounts/nicknames.ts";
import { findAccount } from "../accounts/store-accounts.ts";
import type { Reauthentication } from "../passwords/reauthentication.ts";
import { describeTime } from "../security-log/mail-templates.ts";
import type { Notices } from "../security-log/notices.ts";
import type { AccessRight } from "../sessions/access-tokens.ts";
import type { Revocations } from "../sessions/revocations.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { AuthEpochs } from "../sign-in/auth-epochs.ts";
import { closeAccount, insertLeaving } from "./store-leavings.ts";

export type Leaving = ReturnType<typeof createLeaving>;

/**
 * Lets people leave: at once nothing opens the account and nobody reaches it; after the grace time everything that is left
 * is erased. The time between is for the operator to help whoever was thrown out of their own account.
 */
export function createLeaving(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly sessions: Sessions;
  readonly revocations: Revocations;
  readonly notices: Notices;
  readonly reauthentication: Reauthentication;
  readonly epochs: AuthEpochs;
  readonly keptNicknames: KeptNicknames;
  readonly graceMs: number;
  /** Lets every feature take in that an account is closed, without waiting: there may be thousands of rooms to leave. */
  readonly departSoon: () => void;
}) {
  const { db, clock, sessions, revocations, notices, reauthentication, epochs, keptNicknames, graceMs } = deps;

  return {
    /** Closes the account of who is signed in; returns when it is erased. */
    async leave(
      right: AccessRight,
      input: { password?: string | undefined; messages: "keep" | "remove" },
    ): Promise<{ erasedAfter: Date }> {
      const { accountId } = right;
      const proof = await reauthentication.require(right, input.password);
      const leftAt = new Date(clock.now());
      const eraseAfter = new Date(leftAt.getTime() + graceMs);
      const rows = await db.transaction(async (tx) => {
        const account = await epochs.raise(tx, await epochs.redeem(tx, proof), "left");
        const facts = await findAccount(tx, accountId);
        const locale = facts?.locale ?? "ko";
        await keptNicknames.keep(tx, keysOfNickname(facts?.nickname ?? ""));
        await notices.send(tx, accountId, "left", { what: describeTime(locale, eraseAfter) });
        await insertLeaving(tx, { accountId, messages: input.messages, leftAt, eraseAfter });
        // The account first: who listens closes its sockets with the reason that matters.
        const closed = { kind: "account", accountId, sessionId: null, reason: "gone" } as const;
        const revoked = [
          ...(await revocations.record(tx, [closed])),
          ...(await sessions.revokeAll(tx, accountId, "gone")),
        ];
        await closeAccount(tx, account);
        return revoked;
      });
      revocations.announce(rows);
      notices.poke();
      deps.departSoon();
      return { erasedAfter: eraseAfter };
    },
  };
}
