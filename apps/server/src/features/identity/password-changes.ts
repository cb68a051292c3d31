import type { Clock, Locale } from "@maru/protocol";
import type { Database } from "../../platform/db/database.ts";
import { fail } from "../../platform/errors.ts";
import { newSecret } from "../../platform/ids.ts";
import { layOutMail } from "../../platform/mail/layout.ts";
import type { Outbox } from "../../platform/mail/outbox.ts";
import type { Seals } from "../../platform/seals.ts";
import type { AccessRight } from "./access-tokens.ts";
import { failFields } from "./account-making.ts";
import { readEmail } from "./emails.ts";
import { resetLetter } from "./letters.ts";
import type { Notices } from "./notices.ts";
import type { PasswordRules } from "./password-rules.ts";
import type { Passwords } from "./passwords.ts";
import type { Proofs } from "./proofs.ts";
import type { Revocations } from "./revocations.ts";
import { hashSecret } from "./secret-hashes.ts";
import type { Sessions } from "./sessions.ts";
import {
  findAccount,
  findCredentials,
  findPasswordHash,
  lockAccountState,
  markEmailVerified,
  updatePasswordHash,
} from "./store-accounts.ts";
import { countLinksOfEmail, endLinks, findLink, insertLink, useLink } from "./store-links.ts";

const resetLifeMs = 1_800_000;
const nobody = "00000000000000000000000000000000";
/** Links for one address in an hour, taken or not. */
const maxPerHour = 5;

export type PasswordChanges = ReturnType<typeof createPasswordChanges>;

/** Changes passwords: by who knows the old one, and by who reads the account's mail. */
export function createPasswordChanges(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly seals: Seals;
  readonly outbox: Outbox;
  readonly origin: string;
  readonly passwords: Passwords;
  readonly passwordRules: PasswordRules;
  readonly sessions: Sessions;
  readonly revocations: Revocations;
  readonly notices: Notices;
  readonly proofs: Proofs;
  /** Takes away every other way into an account whose e-mail was never verified: a stranger may have made it. */
  readonly removeOtherWays: (tx: Bun.SQL, accountId: string) => Promise<void>;
}) {
  const { db, clock, seals, outbox, passwords, passwordRules, sessions, revocations, notices, proofs } = deps;

  return {
    /** Changes the password of who is signed in; all other devices are signed out. Sets a first one likewise. */
    async change(right: AccessRight, input: { password?: string | undefined; newPassword: string }): Promise<void> {
      const { accountId, sessionId } = right;
      // Read before the proof: a change that commits between the two must not become what this one replaces.
      const before = await findPasswordHash(db.sql, accountId);
      await proofs.require(right, input.password);
      await passwordRules.requireGood(accountId, input.newPassword, "newPassword");
      if (before !== null && (await passwords.verify(input.newPassword, before))) {
        throw failFields([{ path: "newPassword", code: "password.same" }]);
      }
      const hash = await passwords.hash(input.newPassword);
      const revoked = await db.transaction(async (tx) => {
        await lockAccountState(tx, accountId);
        // Somebody else may have changed it while this was being hashed.
        if (!(await updatePasswordHash(tx, accountId, hash, before))) throw fail("password.wrong");
        await endLinks(tx, accountId, new Date(clock.now()));
        await notices.send(tx, accountId, "password_changed");
        return sessions.revokeOthers(tx, accountId, sessionId, "password_changed");
      });
      revocations.announce(revoked);
      notices.poke();
    },

    /** Sends a link to who forgot the password. The same answer after the same work, whoever has the address. */
    async requestReset(typed: string, locale: Locale): Promise<void> {
      if (!outbox.isOn) throw fail("mail.off");
      const email = readEmail(typed);
      if (!email) throw failFields([{ path: "email", code: "email.invalid" }]);
      const emailKeyHash = seals.fingerprint("email", email.key);
      const now = clock.now();
      await outbox.requireRoom();
      await db.transaction(async (tx) => {
        if ((await countLinksOfEmail(tx, emailKeyHash, new Date(now - 3_600_000))) >= maxPerHour) {
          throw fail("rate.limited", {}, { retryAfterMs: 3_600_000 });
        }
        const accountId = (await findCredentials(tx, email.key))?.accountId ?? null;
        // Asked also when there is none, so that both take as long.
        const account = await findAccount(tx, accountId ?? nobody);
        const token = newSecret();
        const letter = resetLetter(account?.locale ?? locale, `${deps.origin}/reset-password#${token}`);
        // To the address as the account has it: what was typed differs in case at most.
        const mail = layOutMail(account?.email || email.address, account?.locale ?? locale, letter);
        const [at, expiresAt] = [new Date(now), new Date(now + resetLifeMs)];
        await insertLink(tx, { hash: hashSecret(token), kind: "reset", accountId, emailKeyHash, at, expiresAt });
        await outbox.enqueue(tx, account ? mail : null, { lifeMs: resetLifeMs });
      });
      outbox.poke();
    },

    /**
     * Sets a password by the link, which works once; all devices are signed out. Who reads the mail owns the account:
     * if its e-mail was not verified yet, whatever else opened it is taken away.
     */
    async finishReset(token: string, password: string): Promise<void> {
      const now = new Date(clock.now());
      const link = await findLink(db.sql, hashSecret(token), "reset", now);
      if (!link) throw fail("link.expired");
      await passwordRules.requireGood(link.accountId, password, "password");
      const hash = await passwords.hash(password);
      const revoked = await db.transaction(async (tx) => {
        const accountId = await useLink(tx, hashSecret(token), "reset", now);
        const state = accountId === null ? null : await lockAccountState(tx, accountId);
        if (accountId === null || state === "gone" || state === null) throw fail("link.expired");
        await updatePasswordHash(tx, accountId, hash);
        await endLinks(tx, accountId, now);
        if (await markEmailVerified(tx, accountId, now)) await deps.removeOtherWays(tx, accountId);
        await notices.send(tx, accountId, "password_changed");
        return sessions.revokeAll(tx, accountId, "password_changed");
      });
      revocations.announce(revoked);
      notices.poke();
    },
  };
}
