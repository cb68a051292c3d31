import { type ErrorCode, findNicknameFault, normalizeName } from "@maru/protocol";
import { nameKeysOf } from "../../../platform/names/name-keys.ts";
import { isReservedName } from "../../../platform/names/reserved-names.ts";

/** A nickname as it is stored, and the keys that belong to nobody else from then on. */
export type NicknameKeys = {
  readonly nickname: string;
  /** The spelling without case and space: what finds the account. */
  readonly nicknameKey: string;
  /** What the nickname looks like: what nobody else may look like. */
  readonly looks: readonly string[];
};

/** Why nobody may take a nickname, or null. Who stands for the service may bear a reserved one. */
export function findNicknameRefusal(
  nickname: string,
  { isOperator = false } = {},
): Extract<ErrorCode, "nickname.invalid" | "nickname.reserved"> | null {
  if (findNicknameFault(nickname)) return "nickname.invalid";
  return !isOperator && isReservedName(nickname) ? "nickname.reserved" : null;
}

export function keysOfNickname(typed: string): NicknameKeys {
  const nickname = normalizeName(typed);
  return { nickname, nicknameKey: spellingOf(nickname), looks: nameKeysOf(nickname) };
}

/** The form in which two spellings count as one nickname: compatibility form, no case, no space. */
export function spellingOf(nickname: string): string {
  return nickname.normalize("NFKC").toLowerCase().replace(/\s+/gu, "");
}
