import { limits, toWireId } from "@maru/protocol";
import { importJWK, type JWK, SignJWT } from "jose";
import type { Database } from "../platform/db/database.ts";
import { newId } from "../platform/ids.ts";
import { useTestSigningKeys } from "./signing-keys.ts";

/** An account without a way to sign in, and an access token that the test servers take. */
export type MintedAccount = { readonly accountId: string; readonly nickname: string; readonly token: string };

/** Makes an account past the sign-up, for tests that need hundreds: hashing a password takes tens of milliseconds. */
export async function mintAccount(db: Database, nickname: string): Promise<MintedAccount> {
  const accountId = newId();
  await db.sql`
    insert into identity_accounts (id, nickname, nickname_key, avatar_seed, created_at)
    values (${accountId}, ${nickname}, ${nickname.toLowerCase()}, ${accountId.slice(-12)}, now())`;
  return { accountId, nickname, token: await mintToken(accountId) };
}

async function mintToken(accountId: string): Promise<string> {
  const [key] = (JSON.parse(await useTestSigningKeys()) as { keys: JWK[] }).keys;
  if (key?.kid === undefined) throw new Error("the test servers have no signing key");
  const issuedAt = Math.floor(Date.now() / 1_000);
  return new SignJWT({ sid: toWireId("authSession", newId()) })
    .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: key.kid })
    .setIssuer("maru")
    .setAudience("maru-api")
    .setSubject(toWireId("account", accountId))
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + limits.accessTokenMs / 1_000)
    .sign(await importJWK(key, "EdDSA"));
}
