import { type Clock, type FieldFault, findNameFault, type signUpInputSchema } from "@maru/protocol";
import type * as z from "zod";
import type { Database } from "../../../platform/db/database.ts";
import { fail } from "../../../platform/errors.ts";
import { type AccountCreation, failFields, requireFreeKeys } from "../accounts/account-creation.ts";
import { readEmail } from "../accounts/emails.ts";
import { findNicknameRefusal, keysOfNickname } from "../accounts/nicknames.ts";
import type { PasswordRules } from "../passwords/password-rules.ts";
import type { Passwords } from "../passwords/passwords.ts";
import type { Entry, SessionOpener, Visit } from "../sign-in/open-session.ts";
import type { EmailCodes } from "./email-codes.ts";

/**
 * Signs up with e-mail and password. Checks come in the order in which they cost and matter: age before anything is
 * looked at or stored, then who may, then consents, then the fields, then what is taken, then the limit, then the hash.
 *
 * With mail on, the account is made by the code that was sent; without, at once and with an unverified e-mail.
 */
export function createSignUp(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly passwords: Passwords;
  readonly passwordRules: PasswordRules;
  readonly creation: AccountCreation;
  readonly sessionOpener: SessionOpener;
  readonly codes: EmailCodes;
  readonly isMailOn: boolean;
}) {
  const { db, clock, passwords, passwordRules, creation, sessionOpener, codes } = deps;

  return async function signUp(input: z.output<typeof signUpInputSchema>, visit: Visit): Promise<Entry> {
    if (!input.isFourteenOrOver) throw fail("age.too_young");
    await creation.requireLetIn(db.sql, input.inviteCode);
    creation.requireConsents(input.consents);

    const faults: FieldFault[] = [];
    const email = readEmail(input.email);
    if (!email) faults.push({ path: "email", code: "email.invalid" });
    const refusal = findNicknameRefusal(input.nickname);
    if (refusal) faults.push({ path: "nickname", code: refusal });
    const passwordFault = await passwordRules.findFault(input.password, {
      email: email?.address,
      nickname: input.nickname,
    });
    if (passwordFault) faults.push({ path: "password", code: passwordFault });
    if (findNameFault(input.deviceName, "device")) faults.push({ path: "deviceName", code: "name.invalid" });
    if (!email || faults.length > 0) throw failFields(faults);
    // With mail on, nobody but the owner learns that an address is taken.
    const emailKey = deps.isMailOn ? null : email.key;
    const name = keysOfNickname(input.nickname);
    await requireFreeKeys(db.sql, { emailKey, ...name }, new Date(clock.now()));

    const { consents, locale, inviteCode } = input;
    const counted = deps.isMailOn ? await codes.count(email, visit) : null;
    const passwordHash = await passwords.hash(input.password, {
      address: visit.address,
      account: email.key,
      isKnown: false,
    });
    const { nickname } = name;
    const person = { email, isEmailVerified: false, nickname, passwordHash, locale, consents, inviteCode };
    if (counted) return codes.begin(person, visit, counted);
    const opened = await db.transaction(async (tx) => sessionOpener.openIn(tx, await creation.make(tx, person), visit));
    return sessionOpener.finish(opened);
  };
}
