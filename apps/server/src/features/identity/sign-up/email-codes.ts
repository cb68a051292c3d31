import { type Clock, type Locale, readCodeLetters, type SignInStep } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import { fail } from "../../../platform/errors.ts";
import { layOutMail } from "../../../platform/mail/layout.ts";
import type { Mail } from "../../../platform/mail/mail.ts";
import type { Outbox } from "../../../platform/mail/outbox.ts";
import type { SecretBox } from "../../../platform/secret-box.ts";
import type { TakeShared } from "../../../platform/shared-limits.ts";
import { type AccountCreation, type NewPerson, requireFreeKeys } from "../accounts/account-creation.ts";
import type { Email } from "../accounts/emails.ts";
import type { LockedAccount } from "../accounts/locked-account.ts";
import { keysOfNickname } from "../accounts/nicknames.ts";
import { findCredentials } from "../accounts/store-accounts.ts";
import { alreadyRegisteredMail, codeMail } from "../security-log/mail-templates.ts";
import type { Entry, Opened, SessionOpener, Visit } from "../sign-in/open-session.ts";
import { isSameText, newCode } from "../sign-in/secret-hashes.ts";
import type { OpenStep, Steps } from "../sign-in/sign-in-steps.ts";
import { countMailTo } from "./mail-counting.ts";

const codeLifeMs = 600_000;
const resendAfterMs = 60_000;
/** Codes sent for one step, the first included. */
const maxSends = 4;

/** There is no account to lock before the code has made it. */
const ofNobody = async () => null;

/** A person who is made into an account by a code. Without a code (the address is taken) none is ever right. */
type CodePayload = {
  readonly person: NewPerson & { readonly email: Email };
  readonly code: string | null;
  readonly deviceName: string;
  readonly providerIdentity?: ProviderIdentity | undefined;
};

/** Somebody at a provider: who they are there never changes, whatever else does. */
export type ProviderIdentity = { readonly providerId: string; readonly issuer: string; readonly subject: string };

declare const counted: unique symbol;
/** That a code to this address has been counted: nothing dear is done, and nothing sent, before. */
export type CountedCode = { readonly emailKey: string; readonly [counted]: true };

export type EmailCodes = ReturnType<typeof createEmailCodes>;

/**
 * Makes accounts of people who show that they read the address they sign up with.
 *
 * An address that is taken gets the same answer after the same work; its owner gets a mail that says so. Nothing is
 * stored as an account before the code came, so nobody can sit on another's address.
 */
export function createEmailCodes(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly secretBox: SecretBox;
  readonly outbox: Outbox;
  readonly origin: string;
  readonly takeShared: TakeShared;
  readonly steps: Steps;
  readonly creation: AccountCreation;
  readonly sessionOpener: SessionOpener;
  readonly connect: (tx: Bun.SQL, account: LockedAccount, identity: ProviderIdentity) => Promise<void>;
}) {
  const { db, clock, secretBox, outbox, origin, takeShared, steps, creation, sessionOpener } = deps;

  function present(step: Pick<OpenStep<CodePayload>, "payload" | "sentAt" | "sends" | "expiresAt">): SignInStep {
    const sinceMs = clock.now() - (step.sentAt?.getTime() ?? 0);
    return {
      next: "code",
      email: step.payload.person.email.address,
      resendAfterMs: Math.max(0, resendAfterMs - sinceMs),
      expiresAt: step.expiresAt.toISOString(),
    };
  }

  function write(email: Email, locale: Locale, code: string | null): Mail {
    const mail = code === null ? alreadyRegisteredMail(locale, origin) : codeMail(locale, code);
    return layOutMail(email.address, locale, mail);
  }

  return {
    present,

    /**
     * Counts the code that is to be sent, or fails with `rate.limited`. By itself, so that what costs more (the hash of a
     * password) comes after it, and however that ends, it stays counted. With five guesses for each code, guessing is
     * hopeless; and a stranger's codes do not use up the owner's.
     */
    async count(email: Email, { address }: Pick<Visit, "address">): Promise<CountedCode> {
      await outbox.requireRoom();
      await db.transaction((tx) => countMailTo(takeShared, "sign_up_code", { mailbox: email.key, address }, tx));
      return { emailKey: email.key } as CountedCode;
    },

    /** Sends a code to somebody who wants in. Says nothing of whether the address is taken. */
    async begin(
      person: CodePayload["person"],
      visit: Visit,
      { emailKey }: CountedCode,
      identity?: ProviderIdentity,
    ): Promise<Entry> {
      const { email, locale } = person;
      if (email.key !== emailKey) throw new Error("a code is sent to another address than was counted");
      const emailKeyHash = secretBox.fingerprint("email", email.key);
      const now = clock.now();
      const [secret, payload] = await db.transaction(async (tx) => {
        await requireFreeKeys(tx, { emailKey: null, ...keysOfNickname(person.nickname) }, new Date(now));
        const isTaken = (await findCredentials(tx, email.key)) !== null;
        const code = isTaken ? null : newCode();
        const made: CodePayload = { person, code, deviceName: visit.deviceName, providerIdentity: identity };
        await outbox.enqueue(tx, write(email, locale, code), { lifeMs: codeLifeMs });
        const step = { kind: "code", payload: made, lifeMs: codeLifeMs, emailKeyHash } as const;
        return [await steps.begin(tx, step), made] as const;
      });
      outbox.poke();
      const shown = { payload, sentAt: new Date(now), sends: 1, expiresAt: new Date(now + codeLifeMs) };
      return { kind: "step", secret, step: present(shown) };
    },

    /**
     * Sends the same code again: another one would only be one more to guess. Counts as any code that the address has sent,
     * or one address could shut the owner out by sending each of its codes again.
     */
    async resend(secret: string | null, { address }: Pick<Visit, "address">): Promise<SignInStep> {
      const step = await steps.change<CodePayload>(secret, "code", ofNobody, async (tx, { payload, sentAt, sends }) => {
        const waitMs = resendAfterMs - (clock.now() - (sentAt?.getTime() ?? 0));
        if (waitMs > 0) throw fail("rate.limited", {}, { retryAfterMs: waitMs });
        if (sends >= maxSends) throw fail("rate.limited", {}, { retryAfterMs: codeLifeMs });
        const { email, locale } = payload.person;
        // A taken address counts as a free one, though nothing is sent to it: a refusal that comes later would give it away.
        await countMailTo(takeShared, "sign_up_code", { mailbox: email.key, address }, tx);
        // The owner of a taken address has been notified once; more would be a nuisance that anybody could cause.
        await outbox.enqueue(tx, payload.code === null ? null : write(email, locale, payload.code), {
          lifeMs: codeLifeMs,
        });
        return payload;
      });
      outbox.poke();
      return present(step);
    },

    /** Makes the account when the code is right, and signs its browser in. */
    async verify(secret: string | null, typed: string, visit: Visit, nickname?: string): Promise<Entry> {
      const opened = await steps.attempt<CodePayload, Opened, null>(
        secret,
        "code",
        ofNobody,
        async (tx, { payload }) => {
          const isRight = payload.code !== null && isSameText(payload.code, readCodeLetters(typed));
          if (!isRight) return { kind: "wrong", code: "code.wrong" };
          const person = nickname === undefined ? payload.person : { ...payload.person, nickname };
          const account = await creation.make(tx, { ...person, isEmailVerified: true });
          if (payload.providerIdentity) await deps.connect(tx, account, payload.providerIdentity);
          const value = await sessionOpener.openIn(tx, account, { ...visit, deviceName: payload.deviceName });
          return { kind: "done", value };
        },
      );
      return sessionOpener.finish(opened);
    },
  };
}
