import { createHmac } from "node:crypto";
import { isSameText } from "../sign-in/secret-hashes.ts";

const stepMs = 30_000;
const digits = 6;
/** Steps before and after now that are taken: clocks of phones are not exact. */
const window = 1;
const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Writes bytes in base 32 without padding (RFC 4648), as authenticator apps read it. */
export function toBase32(bytes: Uint8Array): string {
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  return (bits.match(/.{1,5}/g) ?? []).map((group) => base32[Number.parseInt(group.padEnd(5, "0"), 2)]).join("");
}

/** The one-time password of a counter (RFC 4226, 5.3), with SHA-1 as all authenticator apps have it. */
export function computeHotp(key: Uint8Array, counter: number, length = digits): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac("sha1", key).update(message).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** length).padStart(length, "0");
}

/** The time step of a code (RFC 6238), or null when it is none of now; steps up to `lastStep` have been used. */
export function findTotpStep(key: Uint8Array, code: string, nowMs: number, lastStep: number): number | null {
  const current = Math.floor(nowMs / stepMs);
  let found: number | null = null;
  for (let step = current - window; step <= current + window; step++) {
    if (step > lastStep && isSameText(computeHotp(key, step), code)) found ??= step;
  }
  return found;
}

/** What the QR code for an authenticator app says. */
export function describeTotpUri(secret: string, account: string, issuer: string): string {
  const query = new URLSearchParams({ secret, issuer, algorithm: "SHA1", digits: String(digits), period: "30" });
  return `otpauth://totp/${encodeURIComponent(`${issuer}:${account}`)}?${query}`;
}
