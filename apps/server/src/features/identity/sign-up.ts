import {
  type Clock,
  type ErrorCode,
  type FieldFault,
  findNicknameFault,
  findPasswordFault,
  isStorableText,
  nicknameKey,
  normalizeNickname,
  type signUpInputSchema,
} from "@maru/protocol";
import type * as z from "zod";
import type { Database } from "../../platform/db/database.ts";
import { fail } from "../../platform/errors.ts";
import { newId, newSecret } from "../../platform/ids.ts";
import { readEmail } from "./emails.ts";
import type { LegalTexts } from "./legal.ts";
import type { Passwords } from "./passwords.ts";
import type { Revocations } from "./revocations.ts";
import type { Sessions } from "./sessions.ts";
import { findTakenKeys, insertAccount, insertConsent } from "./store-accounts.ts";

/** Version of the question "are you 14 or over?" that a person said yes to. */
const ageVersion = "14";

export type SignedInSession = { readonly accountId: string; readonly sessionId: string; readonly refreshToken: string };

/**
 * Makes accounts. Checks come in the order in which they cost and matter: age before anything is looked at or stored,
 * then consents, then the fields, then what is taken, then the hash.
 */
export function createSignUp(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly legal: LegalTexts;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly revocations: Revocations;
}) {
  const { db, clock, legal, passwords, sessions, revocations } = deps;

  return async function signUp(input: z.output<typeof signUpInputSchema>): Promise<SignedInSession> {
    if (!input.isFourteenOrOver) throw fail("age.too_young");
    requireConsents(input.consents, legal);

    const faults: FieldFault[] = [];
    const email = readEmail(input.email);
    if (!email) faults.push({ path: "email", code: "email.invalid" });
    if (findNicknameFault(input.nickname)) faults.push({ path: "nickname", code: "nickname.invalid" });
    if (findPasswordFault(input.password.normalize("NFC"))) faults.push({ path: "password", code: "password.weak" });
    if (!isStorableText(input.deviceName)) faults.push({ path: "deviceName", code: "request.invalid" });
    const nickname = normalizeNickname(input.nickname);
    const keys = { emailKey: email?.key ?? "", nicknameKey: nicknameKey(nickname) };
    if (!email || faults.length > 0) throw failFields(faults);
    await requireFreeKeys(db.sql, keys);

    const passwordHash = await passwords.hash(input.password);
    const accountId = newId();
    const createdAt = new Date(clock.now());
    const opened = await db.transaction(async (tx) => {
      const account = { id: accountId, email: email.address, ...keys, nickname, passwordHash, locale: input.locale };
      if (!(await insertAccount(tx, { ...account, avatarSeed: newSecret(12), createdAt }))) {
        await requireFreeKeys(tx, keys);
        // Whoever took the key has let it go again in this moment; the person may simply try again.
        throw fail("server.busy");
      }
      const { terms, privacy, marketing } = input.consents;
      await insertConsent(tx, { accountId, kind: "age", version: ageVersion, givenAt: createdAt });
      await insertConsent(tx, { accountId, kind: "terms", version: terms, givenAt: createdAt });
      await insertConsent(tx, { accountId, kind: "privacy", version: privacy, givenAt: createdAt });
      if (marketing) await insertConsent(tx, { accountId, kind: "marketing", version: privacy, givenAt: createdAt });
      return sessions.open(tx, accountId, input.deviceName);
    });
    revocations.announce(opened.revoked);
    return { accountId, sessionId: opened.sessionId, refreshToken: opened.refreshToken };
  };
}

/** Refuses a request for its fields: the first fault's code speaks for all, `fields` names each. */
export function failFields(faults: readonly FieldFault[]): Error {
  const [first] = faults;
  return fail((first?.code ?? "request.invalid") as ErrorCode, {}, { fields: faults });
}

function requireConsents(consents: { terms: string; privacy: string }, legal: LegalTexts): void {
  const kinds = ["terms", "privacy"] as const;
  const find = (code: ErrorCode, isWrong: (kind: (typeof kinds)[number]) => boolean) => {
    const fields = kinds.filter(isWrong).map((kind) => ({ path: `consents.${kind}`, code }));
    if (fields.length > 0) throw failFields(fields);
  };
  find("consent.required", (kind) => consents[kind].trim() === "");
  find("consent.outdated", (kind) => consents[kind] !== legal.versionOf(kind));
}

async function requireFreeKeys(sql: Bun.SQL, keys: { emailKey: string; nicknameKey: string }): Promise<void> {
  const taken = await findTakenKeys(sql, keys);
  const faults: FieldFault[] = [];
  if (taken.email) faults.push({ path: "email", code: "email.taken" });
  if (taken.nickname) faults.push({ path: "nickname", code: "nickname.taken" });
  if (faults.length > 0) throw failFields(faults);
}
