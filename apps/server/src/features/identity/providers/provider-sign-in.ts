import type { providerConsentInputSchema } from "@maru/protocol";
import { type Clock, normalizeName, type SignInStep } from "@maru/protocol";
import type * as z from "zod";
import type { Database } from "../../../platform/db/database.ts";
import { fail } from "../../../platform/errors.ts";
import type { SecretBox } from "../../../platform/secret-box.ts";
import { type AccountCreation, failFields, requireFreeKeys } from "../accounts/account-creation.ts";
import { readEmail } from "../accounts/emails.ts";
import type { AuthEpoch } from "../accounts/locked-account.ts";
import { findNicknameRefusal, keysOfNickname } from "../accounts/nicknames.ts";
import { findEmailOwner } from "../accounts/store-accounts.ts";
import type { AuthEpochs, AuthProof } from "../sign-in/auth-epochs.ts";
import type { Entry, SessionOpener, Visit } from "../sign-in/open-session.ts";
import type { EmailCodes, ProviderIdentity } from "../sign-up/email-codes.ts";
import type { ProviderClaims } from "./provider-client.ts";
import type { ProviderLinks } from "./provider-links.ts";
import { findProviderAccount } from "./store-providers.ts";

const consentLifeMs = 900_000;
const purpose = "provider consent";
/** Distinguishes a sealed consent from the secret of a stored step. */
const mark = "c.";

/** Somebody new who has agreed to nothing yet: kept by their own browser, sealed, and nowhere here. */
type ConsentPayload = {
  readonly identity: ProviderIdentity;
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  readonly nickname: string | null;
  readonly deviceName: string;
  readonly expiresAt: number;
};

export type ProviderSignIn = ReturnType<typeof createProviderSignIn>;

/**
 * Decides who somebody is that a provider vouches for, and makes their account once they have agreed.
 *
 * Somebody known by issuer and subject is their account, whatever e-mail the provider sends today. Somebody new whose
 * e-mail an account has is linked only when both the provider and we have verified that e-mail; else whoever made the
 * account first, perhaps with another's address, would be handed the newcomer's sign-in.
 */
export function createProviderSignIn(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly secretBox: SecretBox;
  readonly creation: AccountCreation;
  readonly sessionOpener: SessionOpener;
  readonly codes: EmailCodes;
  readonly links: ProviderLinks;
  readonly isMailOn: boolean;
  readonly epochs: AuthEpochs;
  readonly admit: (proof: AuthProof, visit: Visit) => Promise<Entry>;
}) {
  const { db, clock, secretBox, creation, sessionOpener, codes, links, epochs } = deps;

  function read(secret: string | null): ConsentPayload | null {
    if (!secret?.startsWith(mark)) return null;
    const text = secretBox.open(purpose, secret.slice(mark.length));
    const payload = text === null ? null : (JSON.parse(text) as ConsentPayload);
    return payload && payload.expiresAt > clock.now() ? payload : null;
  }

  function present({ identity, email, isEmailVerified, nickname }: ConsentPayload): SignInStep {
    return { next: "consent", providerId: identity.providerId, email, isEmailVerified, nickname };
  }

  return {
    /** What is left to do for a browser that holds a sealed consent, or null. */
    describe(secret: string): SignInStep | null {
      const payload = read(secret);
      return payload && present(payload);
    },

    /**
     * Signs in whom a provider vouches for, links them, or asks for their consent. `began` is where the counter of epochs
     * stood when they were sent there.
     */
    async arrive(providerId: string, claims: ProviderClaims, visit: Visit, began: AuthEpoch | null): Promise<Entry> {
      const identity = { providerId, issuer: claims.issuer, subject: claims.subject };
      const known = await findProviderAccount(db.sql, claims.issuer, claims.subject);
      if (known !== null) return deps.admit(epochs.proveSince("provider_sign_in", known, began), visit);
      const email = claims.email === null ? null : readEmail(claims.email);
      // Whose address it is, is shown to whoever proves that it is theirs, or anybody could ask after anybody.
      const owner = email && claims.isEmailVerified ? await findEmailOwner(db.sql, email.key) : null;
      if (owner) {
        if (!owner.isEmailVerified) throw fail("provider.link_required");
        const { accountId, authEpoch } = owner;
        const proof = epochs.proveSince("provider_sign_in", { accountId, authEpoch }, began);
        return deps.admit(await links.connect(proof, identity), visit);
      }
      if (creation.mode === "closed") throw fail("sign_up.closed");
      const name = claims.name === null ? null : normalizeName(claims.name);
      const payload: ConsentPayload = {
        identity,
        email: email?.address ?? null,
        isEmailVerified: email !== null && claims.isEmailVerified,
        nickname: name === null || findNicknameRefusal(name) ? null : name,
        deviceName: visit.deviceName,
        expiresAt: clock.now() + consentLifeMs,
      };
      const secret = mark + secretBox.seal(purpose, JSON.stringify(payload));
      return { kind: "step", secret, step: present(payload) };
    },

    /**
     * Makes the account after age and consents. An e-mail that the provider has not verified needs our code first; with
     * mail off it is kept as unverified, and links nothing.
     */
    async consent(
      secret: string | null,
      input: z.output<typeof providerConsentInputSchema>,
      visit: Visit,
    ): Promise<Entry> {
      const payload = read(secret);
      if (!payload) throw fail("step.expired");
      if (!input.isFourteenOrOver) throw fail("age.too_young");
      await creation.requireLetIn(db.sql, input.inviteCode);
      creation.requireConsents(input.consents);
      const refusal = findNicknameRefusal(input.nickname);
      if (refusal) throw failFields([{ path: "nickname", code: refusal }]);
      const isGiven = payload.email !== null;
      const email = readEmail(payload.email ?? input.email ?? "");
      const mayLackEmail = !isGiven && !deps.isMailOn && !input.email?.trim();
      if (!email && !mayLackEmail) throw failFields([{ path: "email", code: "email.invalid" }]);
      if ((await findProviderAccount(db.sql, payload.identity.issuer, payload.identity.subject)) !== null) {
        throw fail("step.expired");
      }
      const isCodeNext = email !== null && deps.isMailOn && !(isGiven && payload.isEmailVerified);
      if (isGiven && email && !isCodeNext && (await findEmailOwner(db.sql, email.key))) {
        throw fail("provider.link_required");
      }
      const { consents, locale, inviteCode, nickname } = input;
      const isEmailVerified = isGiven && payload.isEmailVerified;
      const person = { nickname, passwordHash: null, locale, consents, inviteCode, isEmailVerified };
      const named = { ...visit, deviceName: payload.deviceName };
      if (email && isCodeNext) {
        // Looked at before: a nickname that somebody else has costs no code.
        await requireFreeKeys(db.sql, { emailKey: null, ...keysOfNickname(nickname) }, new Date(clock.now()));
        const counted = await codes.count(email, visit);
        return codes.begin({ ...person, email }, named, counted, payload.identity);
      }
      const opened = await db.transaction(async (tx) => {
        const account = await creation.make(tx, { ...person, email });
        await links.connectIn(tx, account, payload.identity);
        return sessionOpener.openIn(tx, account, named);
      });
      return sessionOpener.finish(opened);
    },
  };
}
