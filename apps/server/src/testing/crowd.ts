import { limits, toWireId } from "@maru/protocol";
import { importJWK, SignJWT } from "jose";
import { systemClock } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import type { TestDatabase } from "./open-test-database.ts";
import { useTestSigningKeys } from "./signing-keys.ts";

/** Somebody who is signed in: an account and an access token that every test server accepts. */
export type CrowdMember = { readonly accountId: string; readonly token: string };

/**
 * Makes many accounts that can connect but not sign in: hashing a thousand passwords takes a core for a minute. The
 * signed-in devices that their tokens name do not exist.
 */
export async function seedCrowd({ db }: TestDatabase, count: number): Promise<CrowdMember[]> {
  const ids = Array.from({ length: count }, newId);
  await db.sql`
    insert into identity_accounts (id, nickname, nickname_key, avatar_seed, created_at)
    select id, 'n' || left(id::text, 8) || right(id::text, 8), id::text, md5(id::text), now()
    from unnest(${db.sql.array(ids, "UUID")}::uuid[]) as p (id)`;
  const [key] = (JSON.parse(await useTestSigningKeys()) as { keys: { kid: string }[] }).keys;
  if (!key) throw new Error("The test servers have no signing key.");
  const privateKey = await importJWK(key, "EdDSA");
  const issuedAt = Math.floor(systemClock.now() / 1_000);
  return Promise.all(
    ids.map(async (accountId) => {
      const token = await new SignJWT({ sid: toWireId("authSession", newId()) })
        .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: key.kid })
        .setIssuer("maru")
        .setAudience("maru-api")
        .setSubject(toWireId("account", accountId))
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + limits.accessTokenMs / 1_000)
        .sign(privateKey);
      return { accountId, token };
    }),
  );
}
