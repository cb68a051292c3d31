import type { Clock } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import { fail } from "../../../platform/errors.ts";
import { newId, newSecret } from "../../../platform/ids.ts";
import type { TakeShared } from "../../../platform/shared-limits.ts";
import { StartError } from "../../../platform/start-error.ts";
import { readEmail } from "../accounts/emails.ts";
import type { ChangingAccount } from "../accounts/locked-account.ts";
import { findNicknameRefusal, keysOfNickname } from "../accounts/nicknames.ts";
import {
  findCredentials,
  insertAccount,
  makeOperator,
  markEmailVerified,
  updatePasswordHash,
} from "../accounts/store-accounts.ts";
import type { PasswordRules } from "../passwords/password-rules.ts";
import type { Passwords } from "../passwords/passwords.ts";
import { endLinks, findLink, insertLink, useLink } from "../passwords/store-links.ts";
import type { SecondFactorSteps } from "../second-factor/second-factor-steps.ts";
import type { Revocations } from "../sessions/revocations.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { AuthEpochs, AuthProof } from "../sign-in/auth-epochs.ts";
import type { Entry, Visit } from "../sign-in/open-session.ts";
import { hashSecret } from "../sign-in/secret-hashes.ts";

const linkLifeMs = 86_400_000;

/**
 * Makes operators, from the machine's own command line alone, and lets them in for the first time by a link. It works
 * once, within a day, and sets the password; a second factor has to be set up before the session opens.
 */
export function createOperators(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly origin: string;
  readonly takeShared: TakeShared;
  readonly passwords: Passwords;
  readonly passwordRules: PasswordRules;
  readonly sessions: Sessions;
  readonly revocations: Revocations;
  readonly factorSteps: SecondFactorSteps;
  readonly epochs: AuthEpochs;
  readonly removeOtherAuthMethods: (tx: Bun.SQL, account: ChangingAccount) => Promise<void>;
}) {
  const { db, clock, takeShared, passwords, passwordRules, sessions, revocations, epochs } = deps;

  return {
    /**
     * Makes an account of this e-mail an operator's, or a new one. Whatever opened it before is taken away, its password
     * first: a stranger may have signed up with the address. Second factors and connected providers of a verified e-mail
     * are kept unless `resetsSecondFactor`. Returns the link of the first sign-in.
     */
    async create(input: {
      email: string;
      nickname: string;
      resetsSecondFactor: boolean;
    }): Promise<{ url: string; accountId: string }> {
      const email = readEmail(input.email);
      if (!email) throw new StartError(`${input.email} is no e-mail address.`);
      const name = keysOfNickname(input.nickname);
      if (findNicknameRefusal(input.nickname, { isOperator: true }))
        throw new StartError(`${input.nickname} is no nickname: 2 to 20 characters.`);
      const now = new Date(clock.now());
      const token = newSecret();
      const { accountId: owner, revoked } = await db.transaction(async (tx) => {
        const known = await findCredentials(tx, email.key);
        const accountId = known?.accountId ?? newId();
        if (!known) {
          const keys = { emailKey: email.key, ...name };
          const shape = {
            email: email.address,
            emailVerifiedAt: now,
            passwordHash: null,
            locale: "ko",
          } as const;
          const account = { id: accountId, ...keys, ...shape, avatarSeed: newSecret(12), createdAt: now };
          if (!(await insertAccount(tx, account)))
            throw new StartError(`The nickname ${name.nickname} is taken; use --nickname.`);
        }
        const found = await epochs.lockForOperator(tx, accountId);
        if (!found || found.state === "gone") throw new StartError(`${input.email} has just left; try again.`);
        const change = input.resetsSecondFactor ? "second_factor_reset" : "promoted";
        const account = await epochs.raiseForOperator(tx, found.account, change);
        await updatePasswordHash(tx, account, null);
        const wasUnverified = await markEmailVerified(tx, accountId, now);
        if (wasUnverified || input.resetsSecondFactor) await deps.removeOtherAuthMethods(tx, account);
        await makeOperator(tx, account);
        await endLinks(tx, accountId, now);
        const expiresAt = new Date(now.getTime() + linkLifeMs);
        const link = { hash: hashSecret(token), owner: account, emailKeyHash: null, at: now, expiresAt };
        await insertLink(tx, { kind: "first_sign_in", ...link });
        return { accountId, revoked: await sessions.revokeAll(tx, accountId, "signed_out") };
      });
      revocations.announce(revoked);
      return { url: `${deps.origin}/first-sign-in#${token}`, accountId: owner };
    },

    /** Uses the link: sets the password, and goes on as after any right password. */
    async enter(token: string, password: string, visit: Visit): Promise<Entry> {
      const now = new Date(clock.now());
      const link = await findLink(db.sql, hashSecret(token), "first_sign_in", now);
      if (!link) throw fail("link.expired");
      const { accountId } = link;
      const proof: AuthProof = { flow: "first_sign_in", ...link, sessionId: null };
      await passwordRules.requireGood(accountId, password, "password");
      await takeShared("link_password", accountId);
      const hash = await passwords.hash(password, { address: visit.address, account: accountId, isKnown: true });
      const { authEpoch, revoked } = await db.transaction(async (tx) => {
        const locked = await epochs.redeem(tx, proof);
        if (!(await useLink(tx, locked, hashSecret(token), "first_sign_in", now))) throw fail("link.expired");
        const account = await epochs.raise(tx, locked, "password_set_by_link");
        await updatePasswordHash(tx, account, hash);
        await endLinks(tx, accountId, now);
        return { ...account, revoked: await sessions.revokeAll(tx, accountId, "password_changed") };
      });
      revocations.announce(revoked);
      return deps.factorSteps.admit({ ...proof, authEpoch }, visit);
    },
  };
}
