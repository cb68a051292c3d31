import { domainToASCII } from "node:url";

/** An e-mail address as people read it, and the key in which two spellings of it are one. */
export type Email = { readonly address: string; readonly key: string };

const localPart = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}$/;
const domainLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Reads an e-mail address, or null when it is none that mail can be sent to. The domain is made ASCII (IDNA) and
 * lower-case; the key is lower-case as a whole. Dots and `+tags` are left alone: which of them are one mailbox is
 * known only to the provider, and folding them would let one person take another's address.
 */
export function readEmail(text: string): Email | null {
  const trimmed = text.trim();
  const at = trimmed.lastIndexOf("@");
  if (at < 1 || trimmed.length > 254) return null;
  const local = trimmed.slice(0, at);
  if (!localPart.test(local) || local.startsWith(".") || local.endsWith(".") || local.includes("..")) return null;
  const typedDomain = trimmed.slice(at + 1).normalize("NFC");
  if (/[\s/:?#@[\]\\%]/.test(typedDomain)) return null;
  const domain = domainToASCII(typedDomain).toLowerCase();
  const labels = domain.split(".");
  if (domain.length > 253 || labels.length < 2 || !labels.every((label) => domainLabel.test(label))) return null;
  if (/^\d+$/.test(labels.at(-1) ?? "")) return null;
  const address = `${local}@${domain}`;
  return address.length > 254 ? null : { address, key: address.toLowerCase() };
}
