import { createHash, randomInt, timingSafeEqual } from "node:crypto";
import { readCodeLetters } from "@maru/protocol";

/** How a secret of full strength is stored: whoever reads the table cannot use it. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Six digits that nobody foresees. */
export function newCode(): string {
  return String(randomInt(0, 1_000_000)).padStart(6, "0");
}

/** Letters and digits that are not taken for one another (Crockford's base 32). */
const spelled = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A secret that people can read out and type, in groups of four; five bits a letter. */
export function newSpelledSecret(length: number): string {
  const letters = Array.from({ length }, () => spelled[randomInt(0, spelled.length)]).join("");
  return letters.match(/.{1,4}/g)?.join("-") ?? letters;
}

/** A spelled secret without what people change when they type it, or mails when they carry it. */
export function readSpelledSecret(typed: string): string {
  return readCodeLetters(typed).toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1");
}

/** Compares two texts in a time that tells nothing of where they differ. */
export function isSameText(one: string, two: string): boolean {
  const [left, right] = [createHash("sha256").update(one).digest(), createHash("sha256").update(two).digest()];
  return timingSafeEqual(left, right);
}
