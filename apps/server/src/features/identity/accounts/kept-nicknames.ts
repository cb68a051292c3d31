import type { Clock } from "@maru/protocol";
import type { SecretBox } from "../../../platform/secret-box.ts";
import type { NicknameKeys } from "./nicknames.ts";
import { insertKeptNicknames, isNicknameKept } from "./store-kept-nicknames.ts";

/** How long nobody else gets the nickname of somebody who left or changed it. Told in `docs/operate/security.md` and to both. */
export const keptNicknameMs = 30 * 86_400_000;
/** Changes whose nickname is kept, the last ones: more would let one account keep hundreds from everybody. */
export const keptNicknameChanges = 5;

export type KeptNicknames = ReturnType<typeof createKeptNicknames>;

/**
 * Keeps the nicknames of people who left from others, so that nobody is mistaken for them. While the account is there it
 * holds its nickname itself; what outlives the erasure is a keyed hash, which tells the name to nobody.
 */
export function createKeptNicknames(deps: { readonly clock: Clock; readonly secretBox: SecretBox }) {
  const { clock, secretBox } = deps;
  const purpose = "kept nickname";
  /** The spelling and every look: a name that could be mistaken for a kept one is as kept as that one. */
  const namesOf = ({ nicknameKey, looks }: NicknameKeys) => [
    ...new Set([`spelling ${nicknameKey}`, ...looks.map((look) => `look ${look}`)]),
  ];
  const hashesOf = (keys: NicknameKeys) => namesOf(keys).map((name) => secretBox.fingerprint(purpose, name));
  // A name cannot be hashed anew, for nobody knows it: it is looked up under earlier secrets too.
  const allHashesOf = (keys: NicknameKeys) => namesOf(keys).flatMap((name) => secretBox.fingerprints(purpose, name));

  return {
    /** Keeps a nickname from now on, with the caller's transaction. */
    keep: (tx: Bun.SQL, keys: NicknameKeys): Promise<void> =>
      insertKeptNicknames(tx, hashesOf(keys), new Date(clock.now() + keptNicknameMs)),

    isKept: (sql: Bun.SQL, keys: NicknameKeys): Promise<boolean> =>
      isNicknameKept(sql, allHashesOf(keys), new Date(clock.now())),
  };
}
