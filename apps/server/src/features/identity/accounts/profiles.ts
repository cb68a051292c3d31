import {
  type Clock,
  closeDirections,
  countCharacters,
  type FieldFault,
  isStorableText,
  type NicknameAvailability,
  type updateMeInputSchema,
} from "@maru/protocol";
import type * as z from "zod";
import type { LimitsOf } from "../../../platform/account-limits/limits-source.ts";
import type { Database } from "../../../platform/db/database.ts";
import { fail } from "../../../platform/errors.ts";
import type { Log } from "../../../platform/log.ts";
import type { TakeShared } from "../../../platform/shared-limits.ts";
import { createListeners } from "../listeners.ts";
import { failFields } from "./account-creation.ts";
import { type KeptNicknames, keptNicknameChanges, keptNicknameMs } from "./kept-nicknames.ts";
import { findNicknameRefusal, keysOfNickname, spellingOf } from "./nicknames.ts";
import {
  type AccountRow,
  findAccount,
  findAccountIdByNicknameKey,
  findTakenKeys,
  listProfiles,
  listRevs,
  takeRevs,
  updateProfile,
} from "./store-accounts.ts";

/** What other features may show of an account where its name is known. */
export type Profile = { readonly nickname: string; readonly avatarSeed: string };

export type Profiles = ReturnType<typeof createProfiles>;

/** Accounts as their owners and as other features see them, and the counter of each account's own log. */
export function createProfiles(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly takeShared: TakeShared;
  readonly keptNicknames: KeptNicknames;
  readonly limitsOf: LimitsOf;
}) {
  const { db, clock, log, takeShared, keptNicknames, limitsOf } = deps;
  const changed = createListeners<{ readonly accountId: string }>(log, "profile changes");

  async function getSelf(accountId: string): Promise<AccountRow> {
    const account = await findAccount(db.sql, accountId);
    if (!account || account.state === "gone") throw fail("auth.invalid");
    return account;
  }

  return {
    getSelf,

    /** Changes one's own profile; only what is named here can be changed, whatever a request holds besides. */
    async update(accountId: string, input: z.output<typeof updateMeInputSchema>): Promise<AccountRow> {
      const faults: FieldFault[] = [];
      const before = await getSelf(accountId);
      const asked = input.nickname === undefined ? null : keysOfNickname(input.nickname);
      // A name from before the rules may stay while something else is changed.
      const name = asked?.nickname === before.nickname ? null : asked;
      const intro = input.intro === undefined ? null : closeDirections(input.intro.trim());
      const refusal = name && findNicknameRefusal(name.nickname, { isOperator: before.kind === "operator" });
      if (refusal) faults.push({ path: "nickname", code: refusal });
      const { introCharacters } = await limitsOf(accountId);
      if (intro !== null && (countCharacters(intro) > introCharacters || !isStorableText(intro))) {
        faults.push({ path: "intro", code: "request.invalid" });
      }
      if (faults.length > 0) throw failFields(faults);
      if (name && (await keptNicknames.isKept(db.sql, name))) {
        throw failFields([{ path: "nickname", code: "nickname.taken" }]);
      }
      await db.transaction(async (tx) => {
        // Counted with the change: a name that somebody else has costs nothing.
        if (name) await takeShared("rename", accountId, tx);
        const now = new Date(clock.now());
        const keeping = { now, freeAt: new Date(now.getTime() + keptNicknameMs), timesKept: keptNicknameChanges };
        if (await updateProfile(tx, accountId, { name, intro, locale: input.locale ?? null }, keeping)) return;
        await getSelf(accountId);
        throw failFields([{ path: "nickname", code: "nickname.taken" }]);
      });
      const account = await getSelf(accountId);
      if (account.nickname !== before.nickname) changed.emit({ accountId });
      return account;
    },

    /** Whether a nickname can be had right now, by who asks: their own ones of before are theirs to take back. */
    async checkNickname(nickname: string, requesterId: string | null): Promise<NicknameAvailability> {
      const refusal = findNicknameRefusal(nickname);
      if (refusal) return { isAvailable: false, code: refusal };
      const keys = keysOfNickname(nickname);
      const taken = await findTakenKeys(
        db.sql,
        { emailKey: null, ...keys },
        { now: new Date(clock.now()), requesterId },
      );
      return taken.nickname || (await keptNicknames.isKept(db.sql, keys))
        ? { isAvailable: false, code: "nickname.taken" }
        : { isAvailable: true };
    },

    /** Returns the profiles of accounts; those that are gone are missing. */
    async getProfiles(accountIds: readonly string[]): Promise<Map<string, Profile>> {
      if (accountIds.length === 0) return new Map();
      const rows = await listProfiles(db.sql, accountIds);
      return new Map(rows.map(({ accountId, nickname, avatarSeed }) => [accountId, { nickname, avatarSeed }]));
    },

    /** Finds the active account of a nickname, however it is spelled. */
    async findAccountByNickname(nickname: string): Promise<string | null> {
      return isStorableText(nickname) ? findAccountIdByNicknameKey(db.sql, spellingOf(nickname)) : null;
    },

    /** Takes the next number of each account's own log, in the caller's transaction; the rows stay locked until it ends. */
    async takeAccountRevs(tx: Bun.SQL, accountIds: readonly string[]): Promise<Map<string, number>> {
      if (accountIds.length === 0) return new Map();
      return new Map((await takeRevs(tx, accountIds)).map(({ accountId, rev }) => [accountId, rev]));
    },

    /** Returns where each account's own log stands. */
    async listAccountRevs(sql: Bun.SQL, accountIds: readonly string[]): Promise<Map<string, number>> {
      if (accountIds.length === 0) return new Map();
      return new Map((await listRevs(sql, accountIds)).map(({ accountId, rev }) => [accountId, rev]));
    },

    /** Returns when a nickname changed, so that whoever shows it can say so. */
    onProfileChanged: changed.add,
  };
}
