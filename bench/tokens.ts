import { join } from "node:path";

type SigningKey = {
  readonly kid: string;
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly d: string;
};

/** How long a token lives unless said, in ms: longer than any bench, for nobody renews it. The product's live minutes. */
const benchTokenMs = 3 * 3_600_000;

/** Makes an access token of an account. */
export type TokenMint = (accountId: string, lifeMs?: number) => Promise<string>;

/** The signing keys of a data folder as text, to be shared by several nodes. */
export function readSigningKeys(data: string): Promise<string> {
  return Bun.file(join(data, "signing-keys.json")).text();
}

/**
 * Signs access tokens with the key of a data folder, so that ten thousand people need not sign in with a password each.
 * The server checks them like its own; the signed-in devices they name do not exist.
 */
export async function openTokenMint(data: string): Promise<TokenMint> {
  const { keys }: { keys: SigningKey[] } = JSON.parse(await readSigningKeys(data));
  const key = keys[0];
  if (!key) throw new Error("the data folder has no signing key");
  const { kty, crv, x, d } = key;
  const privateKey = await crypto.subtle.importKey("jwk", { kty, crv, x, d }, "Ed25519", false, ["sign"]);
  const header = encode({ alg: "EdDSA", typ: "at+jwt", kid: key.kid });
  return async (accountId, lifeMs = benchTokenMs) => {
    const issuedAt = Math.floor(Date.now() / 1_000);
    const sid = `ses_${crypto.randomUUID().replaceAll("-", "")}`;
    const exp = issuedAt + Math.ceil(lifeMs / 1_000);
    const claims = encode({ sid, iss: "maru", aud: "maru-api", sub: accountId, iat: issuedAt, exp });
    const signature = await crypto.subtle.sign("Ed25519", privateKey, Buffer.from(`${header}.${claims}`));
    return `${header}.${claims}.${Buffer.from(signature).toString("base64url")}`;
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
