import type { ErrorCode } from "@maru/protocol";
import { fail } from "../../../platform/errors.ts";
import type { Log } from "../../../platform/log.ts";
import type {
  AuthEpoch,
  ChangingAccount,
  LockedAccount,
  OperatedAccount,
  OwnChangingAccount,
} from "../accounts/locked-account.ts";
import type { AccountState } from "../accounts/store-accounts.ts";
import type { AccessRight } from "../sessions/access-tokens.ts";
import { holdSession, lockAccount, raiseAuthEpoch } from "./store-auth-epochs.ts";

/**
 * Every flow that begins with a proof and ends by opening a session or changing what opens an account: what it answers
 * when it is worthless, and the tables (`table.kind`) in which it waits. A test drives each against each {@link AuthChange}.
 */
export const authFlows = {
  password: { code: "sign_in.failed", stored: [] },
  second_factor: { code: "step.expired", stored: ["identity_steps.second_factor"] },
  enroll: { code: "step.expired", stored: ["identity_steps.enroll"] },
  reset: { code: "link.expired", stored: ["identity_links.reset"] },
  first_sign_in: { code: "link.expired", stored: ["identity_links.first_sign_in"] },
  provider_sign_in: { code: "provider.refused", stored: ["identity_provider_attempts"] },
  provider_connect: { code: "provider.refused", stored: ["identity_provider_attempts"] },
  totp_set_up: { code: "step.expired", stored: ["identity_totp"] },
  passkey_creation: { code: "passkey.failed", stored: ["identity_challenges"] },
  password_proof: { code: "step.expired", stored: [] },
  recent_sign_in: { code: "auth.fresh_required", stored: ["identity_auth_sessions"] },
} as const satisfies Record<string, { readonly code: ErrorCode; readonly stored: readonly string[] }>;

export type AuthFlow = keyof typeof authFlows;

/** Everything that changes what opens an account. Each makes whatever began before it worthless. */
export const authChanges = [
  "password_changed",
  "password_reset",
  "password_set_by_link",
  "totp_added",
  "totp_removed",
  "passkey_added",
  "passkey_removed",
  "recovery_codes_replaced",
  "provider_connected",
  "provider_removed",
  "promoted",
  "second_factor_reset",
  "suspended",
  "signed_out_everywhere",
  "left",
] as const;

export type AuthChange = (typeof authChanges)[number];

/** Changes that the operator makes, without any proof of the owner. */
type OperatorChange = Extract<AuthChange, "promoted" | "second_factor_reset" | "suspended">;

/** Changes that a proof of the owner is redeemed for. */
export type OwnChange = Exclude<AuthChange, OperatorChange | "signed_out_everywhere">;

/** What somebody proved or began, with the epoch that the account had then. */
export type AuthProof = {
  readonly flow: AuthFlow;
  readonly accountId: string;
  /** Null, of a row of an earlier version, is never right. */
  readonly authEpoch: AuthEpoch | null;
  /** The session that it belongs to, which has to be alive still; null where nobody is signed in yet. */
  readonly sessionId: string | null;
};

export type AuthEpochs = ReturnType<typeof createAuthEpochs>;

/**
 * Keeps a proof from outliving what it proves.
 *
 * An account has one epoch. Whatever changes what opens it takes a new one, in the same transaction; whatever begins
 * carries the epoch that it began with; and where a session opens or such a change is made, the two are compared with the
 * account's row locked. So a sign-in that is under way while its password is changed opens nothing, however the two
 * interleave and wherever it was kept meanwhile.
 */
export function createAuthEpochs({ log }: { readonly log: Log }) {
  type Found = Pick<LockedAccount, "accountId" | "authEpoch" | "sessionId">;
  const seal = (account: Found) => account as LockedAccount;

  async function raiseFor<A extends Found>(tx: Bun.SQL, account: A, change: AuthChange): Promise<A & ChangingAccount> {
    const authEpoch = await raiseAuthEpoch(tx, account.accountId, account.sessionId);
    log.info("the ways into an account change", { accountId: account.accountId, change });
    return { ...account, authEpoch } as A & ChangingAccount;
  }

  function noteOutdated({ flow, accountId }: AuthProof): void {
    log.warn("refused what began before the ways into the account changed", { flow, accountId });
  }

  return {
    /** Locks the account of a proof; fails with the flow's code unless nothing has changed since it began. */
    async redeem(tx: Bun.SQL, proof: AuthProof): Promise<LockedAccount> {
      const { accountId, sessionId } = proof;
      const account = await lockAccount(tx, accountId);
      const isOutdated = account?.authEpoch !== proof.authEpoch;
      if (isOutdated) noteOutdated(proof);
      if (account?.state === "suspended") throw fail("account.suspended");
      if (!account || isOutdated || account.state !== "active") throw fail(authFlows[proof.flow].code);
      if (sessionId !== null && !(await holdSession(tx, accountId, sessionId))) throw fail("auth.revoked");
      return seal({ accountId, authEpoch: account.authEpoch, sessionId });
    },

    /**
     * Makes a proof of an account that was found only now, for a flow that began when the counter of epochs stood at
     * `began`; fails as {@link redeem} does when the account's has been raised since.
     */
    proveSince(
      flow: AuthFlow,
      account: { readonly accountId: string; readonly authEpoch: AuthEpoch },
      began: AuthEpoch | null,
    ): AuthProof {
      const proof: AuthProof = { flow, ...account, sessionId: null };
      if (began !== null && BigInt(account.authEpoch) <= BigInt(began)) return proof;
      noteOutdated(proof);
      throw fail(authFlows[flow].code);
    },

    /**
     * Raises the epoch of the account of a session that is alive, to end all its sessions. Nothing is proved for that, and
     * no locked account is handed out: it is good for this change alone.
     */
    async raiseForSignOut(tx: Bun.SQL, { accountId, sessionId }: AccessRight): Promise<void> {
      const account = await lockAccount(tx, accountId);
      if (!account || !(await holdSession(tx, accountId, sessionId))) throw fail("auth.revoked");
      await raiseFor(tx, { accountId, authEpoch: account.authEpoch, sessionId }, "signed_out_everywhere");
    },

    /** Locks an account on the operator's own authority, and returns its state; null when there is none. */
    async lockForOperator(
      tx: Bun.SQL,
      accountId: string,
    ): Promise<{ readonly account: OperatedAccount; readonly state: AccountState } | null> {
      const found = await lockAccount(tx, accountId);
      if (!found) return null;
      const account = { accountId, authEpoch: found.authEpoch, sessionId: null } as OperatedAccount;
      return { account, state: found.state };
    },

    /** Raises the epoch of an account for a change of the operator's that follows in the same transaction. */
    raiseForOperator: (tx: Bun.SQL, account: OperatedAccount, change: OperatorChange): Promise<ChangingAccount> =>
      raiseFor(tx, account, change),

    /** An account that this transaction has made: nobody else knows of it yet. */
    takeNew: (accountId: string, authEpoch: AuthEpoch): LockedAccount =>
      seal({ accountId, authEpoch, sessionId: null }),

    /** Raises the epoch of a locked account for a change of its owner's that follows in the same transaction. */
    raise: (tx: Bun.SQL, account: LockedAccount, change: OwnChange): Promise<OwnChangingAccount> =>
      raiseFor(tx, account, change),
  };
}
