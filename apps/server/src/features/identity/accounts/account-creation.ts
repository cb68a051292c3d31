import type { Clock, ErrorCode, FieldFault, Locale } from "@maru/protocol";
import { fail } from "../../../platform/errors.ts";
import { newId, newSecret } from "../../../platform/ids.ts";
import type { LegalTexts } from "../privacy/legal.ts";
import type { AuthEpochs } from "../sign-in/auth-epochs.ts";
import { hashSecret, readSpelledSecret } from "../sign-in/secret-hashes.ts";
import { isInviteGood, takeInvite } from "../sign-up/store-invites.ts";
import type { Email } from "./emails.ts";
import type { KeptNicknames } from "./kept-nicknames.ts";
import type { LockedAccount } from "./locked-account.ts";
import { findNicknameRefusal, keysOfNickname, type NicknameKeys } from "./nicknames.ts";
import { findTakenKeys, insertAccount, insertConsent } from "./store-accounts.ts";

/** Version of the question "are you 14 or over?" that a person said yes to. */
const ageVersion = "14";

export type SignUpMode = "open" | "invite" | "closed";
export type GivenConsents = { readonly terms: string; readonly privacy: string; readonly marketing: boolean };

/** Everything an account is made of, checked and ready to be stored. */
export type NewPerson = {
  readonly email: Email | null;
  readonly isEmailVerified: boolean;
  readonly nickname: string;
  readonly passwordHash: string | null;
  readonly locale: Locale;
  readonly consents: GivenConsents;
  readonly inviteCode?: string | undefined;
};

export type AccountCreation = ReturnType<typeof createAccountCreation>;

/** What every way of making an account has in common: who may, what they must agree to, and the writing of it. */
export function createAccountCreation(deps: {
  readonly clock: Clock;
  readonly legal: LegalTexts;
  readonly keptNicknames: KeptNicknames;
  readonly mode: SignUpMode;
  readonly epochs: AuthEpochs;
}) {
  const { clock, legal, keptNicknames, mode, epochs } = deps;
  const hashInvite = (code: string) => hashSecret(`invite:${readSpelledSecret(code)}`);

  return {
    mode,
    hashInvite,

    /** Refuses whom the operator does not let in. An invitation is looked at here and used up by {@link make}. */
    async requireLetIn(sql: Bun.SQL, inviteCode: string | undefined): Promise<void> {
      if (mode === "closed") throw fail("sign_up.closed");
      if (mode !== "invite") return;
      const isGood = inviteCode?.trim() && (await isInviteGood(sql, hashInvite(inviteCode), new Date(clock.now())));
      if (!isGood) throw failFields([{ path: "inviteCode", code: "invite.wrong" }]);
    },

    requireConsents(consents: GivenConsents): void {
      const kinds = ["terms", "privacy"] as const;
      const find = (code: ErrorCode, isWrong: (kind: (typeof kinds)[number]) => boolean) => {
        const fields = kinds.filter(isWrong).map((kind) => ({ path: `consents.${kind}`, code }));
        if (fields.length > 0) throw failFields(fields);
      };
      find("consent.required", (kind) => consents[kind].trim() === "");
      find("consent.outdated", (kind) => consents[kind] !== legal.versionOf(kind));
    },

    /** Stores a new account with its consents; fails with what is taken. */
    async make(tx: Bun.SQL, person: NewPerson): Promise<LockedAccount> {
      const refusal = findNicknameRefusal(person.nickname);
      if (refusal) throw failFields([{ path: "nickname", code: refusal }]);
      const createdAt = new Date(clock.now());
      if (mode === "invite" && !(await takeInvite(tx, hashInvite(person.inviteCode ?? ""), createdAt))) {
        throw failFields([{ path: "inviteCode", code: "invite.wrong" }]);
      }
      const keys = { emailKey: person.email?.key ?? null, ...keysOfNickname(person.nickname) };
      if (await keptNicknames.isKept(tx, keys)) throw failFields([{ path: "nickname", code: "nickname.taken" }]);
      const accountId = newId();
      const authEpoch = await insertAccount(tx, {
        id: accountId,
        email: person.email?.address ?? null,
        emailVerifiedAt: person.isEmailVerified ? createdAt : null,
        ...keys,
        passwordHash: person.passwordHash,
        locale: person.locale,
        avatarSeed: newSecret(12),
        createdAt,
      });
      if (authEpoch === null) {
        await requireFreeKeys(tx, keys, createdAt);
        // Whoever took the key has let it go again in this moment; the person may simply try again.
        throw fail("server.busy");
      }
      const { terms, privacy, marketing } = person.consents;
      await insertConsent(tx, { accountId, kind: "age", version: ageVersion, givenAt: createdAt });
      await insertConsent(tx, { accountId, kind: "terms", version: terms, givenAt: createdAt });
      await insertConsent(tx, { accountId, kind: "privacy", version: privacy, givenAt: createdAt });
      if (marketing) await insertConsent(tx, { accountId, kind: "marketing", version: privacy, givenAt: createdAt });
      return epochs.takeNew(accountId, authEpoch);
    },
  };
}

/** Refuses a request for its fields: the first fault's code speaks for all, `fields` names each. */
export function failFields(faults: readonly FieldFault[]): Error {
  const [first] = faults;
  return fail((first?.code ?? "request.invalid") as ErrorCode, {}, { fields: faults });
}

/** Fails with each of the keys that belongs to somebody already. */
export async function requireFreeKeys(
  sql: Bun.SQL,
  keys: { emailKey: string | null } & NicknameKeys,
  now: Date,
): Promise<void> {
  const taken = await findTakenKeys(sql, keys, { now });
  const faults: FieldFault[] = [];
  if (taken.email) faults.push({ path: "email", code: "email.taken" });
  if (taken.nickname) faults.push({ path: "nickname", code: "nickname.taken" });
  if (faults.length > 0) throw failFields(faults);
}
