import { randomBytes } from "node:crypto";

/** A new UUIDv7 as 32 lower-case hexadecimal digits: sorts by the time it was made, monotonic within a process (RFC 9562). */
export function newId(): string {
  return Bun.randomUUIDv7("hex").replaceAll("-", "");
}

/** A secret that nobody guesses: base64url of random bytes. */
export function newSecret(bytes = 32): string {
  return randomBytes(bytes).toString("base64url");
}

/** A number in [0, 1) from the system's generator, for choices that people may try to foresee. */
export function secureRandom(): number {
  return randomBytes(6).readUIntBE(0, 6) / 2 ** 48;
}
