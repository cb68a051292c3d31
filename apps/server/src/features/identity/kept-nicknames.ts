import { type Clock, nicknameKey, normalizeNickname } from "@maru/protocol";
import type { Seals } from "../../platform/seals.ts";
import { insertKeptNicknames, isNicknameKept } from "./store-kept-nicknames.ts";

/** How long nobody gets the nickname of somebody who left. Told in `docs/operate/security.md` and to who leaves. */
export const keptNicknameMs = 30 * 86_400_000;

export type KeptNicknames = ReturnType<typeof createKeptNicknames>;

/**
 * Keeps the nicknames of people who left from others, so that nobody is mistaken for them. While the account is there it
 * holds its nickname itself; what outlives the erasure is a keyed hash, which tells the name to nobody.
 */
export function createKeptNicknames(deps: { readonly clock: Clock; readonly seals: Seals }) {
  const { clock, seals } = deps;
  const hashesOf = (nickname: string) =>
    [nicknameKey(normalizeNickname(nickname))].map((key) => seals.fingerprint("kept nickname", key));

  return {
    /** Keeps a nickname from now on, with the caller's transaction. */
    keep: (tx: Bun.SQL, nickname: string): Promise<void> =>
      insertKeptNicknames(tx, hashesOf(nickname), new Date(clock.now() + keptNicknameMs)),

    isKept: (sql: Bun.SQL, nickname: string): Promise<boolean> =>
      isNicknameKept(sql, hashesOf(nickname), new Date(clock.now())),
  };
}
