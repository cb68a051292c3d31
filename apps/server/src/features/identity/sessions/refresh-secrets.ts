import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";

/** A refresh token: 256 random bits, base64url. */
export function newRefreshToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Whether a text can be a refresh token at all. */
export function isRefreshToken(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

/** The form in which a refresh token is stored: SHA-256, hexadecimal. Enough, since the token is random. */
export function hashRefreshToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function sealingKey(predecessor: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", predecessor, "", "maru refresh successor", 32));
}

/**
 * Seals a successor so that only its predecessor opens it: the database alone tells nobody a token. The sealed form
 * is wiped when the successor is presented, so a stolen old token opens no chain.
 */
export function sealSuccessor(successor: string, predecessor: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", sealingKey(predecessor), iv);
  const body = Buffer.concat([cipher.update(successor, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64url");
}

/** Opens what {@link sealSuccessor} sealed, or null when it is not this predecessor's. */
export function openSuccessor(sealed: string, predecessor: string): string | null {
  const bytes = Buffer.from(sealed, "base64url");
  try {
    const decipher = createDecipheriv("aes-256-gcm", sealingKey(predecessor), bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}
