import { type ErrorCode, findPasswordFault } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import { failFields } from "../accounts/account-creation.ts";
import { findAccount } from "../accounts/store-accounts.ts";
import { toKeystrokes } from "./dubeolsik.ts";
import { PasswordGuesser } from "./password-guesser.ts";

/** Guesses, as a power of ten, that somebody may need at least who tries what most people choose. */
const minGuesses = 6;
/** The same for somebody who knows e-mail and nickname: they try these first, with all that is usually put around them. */
const minGuessesOfAcquaintance = 8;

/** Whose password it is to be, as far as others may know it. */
export type PasswordOwner = {
  readonly email?: string | null | undefined;
  readonly nickname?: string | null | undefined;
};

export type PasswordRules = ReturnType<typeof createPasswordRules>;

/** E-mail and nickname with their parts, run together and without digits, also as Hangul is typed on an English keyboard. */
function listOwnWords({ email, nickname }: PasswordOwner): string[] {
  const address = (email ?? "").toLowerCase();
  const [local = "", domain = ""] = address.split("@");
  const name = (nickname ?? "").normalize("NFC").toLowerCase();
  const words = [address, local, domain, name].flatMap((text) => {
    const parts = text.split(/[^\p{L}\p{N}]+/u);
    return [text, ...parts, parts.join(""), parts.join("").replace(/\p{N}+/gu, "")];
  });
  const typed = words.flatMap((word) => [word, toKeystrokes(word).toLowerCase()]);
  return [...new Set(typed)].filter((word) => word.length >= 2);
}

/** Whether a password is a date, a telephone or another number: there are few, and they are tried first. */
function isNumber(password: string): boolean {
  const digits = password.replace(/[\p{P}\p{S}\p{Z}]/gu, "");
  return /^\p{N}{1,15}$/u.test(digits);
}

/** One for the whole process. */
const guesser = new PasswordGuesser();

/** Decides which new passwords are refused. Passwords that are there already keep opening their accounts. */
export function createPasswordRules(deps: { readonly db: Database }) {
  async function findFault(password: string, owner: PasswordOwner): Promise<ErrorCode | null> {
    const normal = password.normalize("NFC");
    if (findPasswordFault(normal)) return "password.weak";
    const spellings = [...new Set([normal, toKeystrokes(normal)])];
    const { ofStrangers, ofAcquaintances } = await guesser.ask({ spellings, own: listOwnWords(owner) });
    if (ofStrangers < minGuesses || isNumber(normal)) return "password.common";
    const isPersonal = ofAcquaintances < ofStrangers && ofAcquaintances < minGuessesOfAcquaintance;
    return isPersonal ? "password.personal" : null;
  }

  return {
    /**
     * Why a new password is refused, or null: shape (`password.weak`), what everybody tries (`password.common`), or what
     * somebody tries who knows its owner (`password.personal`).
     */
    findFault,

    /** Refuses a new password of an account that is there, in the field `path`. */
    async requireGood(accountId: string, password: string, path: string): Promise<void> {
      const owner = await findAccount(deps.db.sql, accountId);
      const code = await findFault(password, owner ?? {});
      if (code) throw failFields([{ path, code }]);
    },
  };
}
