import type { Clock, Locale } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import { fail } from "../../../platform/errors.ts";
import { newSecret } from "../../../platform/ids.ts";
import { layOutMail } from "../../../platform/mail/layout.ts";
import type { Outbox } from "../../../platform/mail/outbox.ts";
import type { SecretBox } from "../../../platform/secret-box.ts";
import type { TakeShared } from "../../../platform/shared-limits.ts";
import { failFields } from "../accounts/account-creation.ts";
import { readEmail } from "../accounts/emails.ts";
import type { ChangingAccount } from "../accounts/locked-account.ts";
import {
  findAccount,
  findCredentials,
  findPassword,
  markEmailVerified,
  updatePasswordHash,
} from "../accounts/store-accounts.ts";
import { resetMail } from "../security-log/mail-templates.ts";
import type { Notices } from "../security-log/notices.ts";
import type { AccessRight } from "../sessions/access-tokens.ts";
import type { Revocations } from "../sessions/revocations.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { AuthEpochs, AuthProof } from "../sign-in/auth-epochs.ts";
import type { KnownBrowsers } from "../sign-in/known-browsers.ts";
import type { Visit } from "../sign-in/open-session.ts";
import { hashSecret } from "../sign-in/secret-hashes.ts";
import { countMailTo } from "../sign-up/mail-counting.ts";
import type { PasswordRules } from "./password-rules.ts";
import type { Passwords } from "./passwords.ts";
import { hashCallerOf, type Reauthentication } from "./reauthentication.ts";
import { endLinks, findLink, insertLink, useLink } from "./store-links.ts";

const resetLifeMs = 1_800_000;
const nobody = "00000000000000000000000000000000";

export type PasswordChanges = ReturnType<typeof createPasswordChanges>;

/** Changes passwords: by who knows the old one, and by who reads the account's mail. */
export function createPasswordChanges(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly secretBox: SecretBox;
  readonly outbox: Outbox;
  readonly takeShared: TakeShared;
  readonly origin: string;
  readonly passwords: Passwords;
  readonly passwordRules: PasswordRules;
  readonly sessions: Sessions;
  readonly revocations: Revocations;
  readonly notices: Notices;
  readonly reauthentication: Reauthentication;
  readonly epochs: AuthEpochs;
  readonly knownBrowsers: KnownBrowsers;
  /** Takes away every other way into an account whose e-mail was never verified: a stranger may have made it. */
  readonly removeOtherAuthMethods: (tx: Bun.SQL, account: ChangingAccount) => Promise<void>;
}) {
  const {
    db,
    clock,
    secretBox,
    outbox,
    takeShared,
    passwords,
    passwordRules,
    sessions,
    revocations,
    notices,
    reauthentication,
  } = deps;
  const { epochs } = deps;

  return {
    /** Changes the password of who is signed in; all other devices are signed out. Sets a first one likewise. */
    async change(right: AccessRight, input: { password?: string | undefined; newPassword: string }): Promise<void> {
      const { accountId, sessionId } = right;
      const proof = await reauthentication.require(right, input.password);
      await passwordRules.requireGood(accountId, input.newPassword, "newPassword");
      const before = (await findPassword(db.sql, accountId))?.hash ?? null;
      if (before !== null && (await passwords.verify(input.newPassword, before, hashCallerOf(right)))) {
        throw failFields([{ path: "newPassword", code: "password.same" }]);
      }
      const hash = await passwords.hash(input.newPassword, hashCallerOf(right));
      const revoked = await db.transaction(async (tx) => {
        const account = await epochs.raise(tx, await epochs.redeem(tx, proof), "password_changed");
        await updatePasswordHash(tx, account, hash);
        await endLinks(tx, accountId, new Date(clock.now()));
        await notices.send(tx, accountId, "password_changed");
        return sessions.revokeOthers(tx, accountId, sessionId, "password_changed");
      });
      revocations.announce(revoked);
      notices.poke();
    },

    /** Sends a link to who forgot the password. The same answer after the same work, whoever has the address. */
    async requestReset(typed: string, locale: Locale, address: string): Promise<void> {
      if (!outbox.isOn) throw fail("mail.off");
      const email = readEmail(typed);
      if (!email) throw failFields([{ path: "email", code: "email.invalid" }]);
      const emailKeyHash = secretBox.fingerprint("email", email.key);
      const now = clock.now();
      await outbox.requireRoom();
      await db.transaction(async (tx) => {
        await countMailTo(takeShared, "reset_link", { mailbox: email.key, address }, tx);
        const owner = await findCredentials(tx, email.key);
        // Asked also when there is none, so that both take as long.
        const account = await findAccount(tx, owner?.accountId ?? nobody);
        const token = newSecret();
        const content = resetMail(account?.locale ?? locale, `${deps.origin}/reset-password#${token}`);
        // To the address as the account has it: what was typed differs in case at most.
        const mail = layOutMail(account?.email || email.address, account?.locale ?? locale, content);
        const [at, expiresAt] = [new Date(now), new Date(now + resetLifeMs)];
        await insertLink(tx, { hash: hashSecret(token), kind: "reset", owner, emailKeyHash, at, expiresAt });
        await outbox.enqueue(tx, account ? mail : null, { lifeMs: resetLifeMs });
      });
      outbox.poke();
    },

    /**
     * Sets a password by the link, which works once; all devices are signed out. Who reads the mail owns the account:
     * if its e-mail was not verified yet, whatever else opened it is taken away.
     */
    async finishReset(token: string, password: string, visit: Visit): Promise<void> {
      const now = new Date(clock.now());
      const link = await findLink(db.sql, hashSecret(token), "reset", now);
      if (!link) throw fail("link.expired");
      const { accountId } = link;
      const proof: AuthProof = { flow: "reset", ...link, sessionId: null };
      await passwordRules.requireGood(accountId, password, "password");
      // The link is used up by the change, which comes after the hash: it could be used at once many times.
      await takeShared("link_password", accountId);
      const hash = await passwords.hash(password, { address: visit.address, account: accountId, isKnown: true });
      const revoked = await db.transaction(async (tx) => {
        const locked = await epochs.redeem(tx, proof);
        if (!(await useLink(tx, locked, hashSecret(token), "reset", now))) throw fail("link.expired");
        const account = await epochs.raise(tx, locked, "password_reset");
        await updatePasswordHash(tx, account, hash);
        await endLinks(tx, accountId, now);
        if (await markEmailVerified(tx, accountId, now)) await deps.removeOtherAuthMethods(tx, account);
        // Whoever reads the mail is not to wait behind strangers who guess.
        await deps.knownBrowsers.welcome(tx, accountId, visit);
        await notices.send(tx, accountId, "password_changed");
        return sessions.revokeAll(tx, accountId, "password_changed");
      });
      revocations.announce(revoked);
      notices.poke();
    },
  };
}
