import { type AccountSelf, type AuthSession, type Block, type Consents, type Passkey, toWireId } from "@maru/protocol";
import type { ConsentRow } from "../privacy/store-leavings.ts";
import type { PasskeyRow } from "../second-factor/store-factors.ts";
import type { AuthSessionRow } from "../sessions/store-sessions.ts";
import type { AccountRow } from "./store-accounts.ts";
import type { BlockRow } from "./store-blocks.ts";

/** An account as its owner sees it. */
export function presentSelf(account: AccountRow): AccountSelf {
  return {
    id: toWireId("account", account.id),
    email: account.email,
    emailVerified: account.emailVerifiedAt !== null,
    nickname: account.nickname,
    intro: account.intro,
    locale: account.locale,
    avatarSeed: account.avatarSeed,
    createdAt: account.createdAt.toISOString(),
  };
}

/** A signed-in device as its owner sees it. */
export function presentSession(session: AuthSessionRow, currentSessionId: string): AuthSession {
  return {
    id: toWireId("authSession", session.id),
    deviceName: session.deviceName,
    createdAt: session.createdAt.toISOString(),
    lastUsedAt: session.lastUsedAt.toISOString(),
    isCurrent: session.id === currentSessionId,
  };
}

/** A block as the blocker sees it: under the label of where it was made, never by account. */
export function presentBlock(block: BlockRow): Block {
  return { id: toWireId("block", block.id), ...block.label, blockedAt: block.blockedAt.toISOString() };
}

/** One of one's own passkeys. */
export function presentPasskey({ id, name, createdAt, lastUsedAt }: PasskeyRow): Passkey {
  return { id, name, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
}

/** One of one's own consents. */
export function presentConsent({ kind, version, givenAt, withdrawnAt }: ConsentRow): Consents["consents"][number] {
  return { kind, version, givenAt: givenAt.toISOString(), withdrawnAt: withdrawnAt?.toISOString() ?? null };
}
