import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

export type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Network = readonly [Address, number];

/**
 * Reads an address as proxies write it: bare, in quotes or brackets, with a port, with a zone (RFC 7239, section 6).
 * An IPv4 address inside an IPv6 one is the IPv4 address, however it is written. Null when it is no address.
 */
export function readAddress(text: string): Address | null {
  const bare = text.trim().replace(/^"(.*)"$/, "$1");
  const bracketed = /^\[([^\]]*)\](?::\w+)?$/.exec(bare)?.[1];
  const plain = bracketed ?? /^([\d.]+):\w+$/.exec(bare)?.[1] ?? bare;
  // The library also takes what only C programs write, such as 0x7f.1.
  if (isIP(plain) === 0 || (bracketed !== undefined && isIP(plain) !== 6)) return null;
  return ipaddr.process(plain);
}

/** Writes an address in its one canonical form, so that texts can be compared. */
export function writeAddress(address: Address): string {
  return address.toString();
}

/** Reads a network, `10.0.0.0/8`, or a single address; null when it is neither. */
export function readNetwork(text: string): Network | null {
  const [head = "", bits, ...more] = text.split("/");
  const address = isIP(head) === 0 ? null : ipaddr.process(head);
  if (!address || more.length > 0) return null;
  const max = address.kind() === "ipv4" ? 32 : 128;
  if (bits === undefined) return [address, max];
  if (!/^\d{1,3}$/.test(bits)) return null;
  // A mapped network counts its bits from the start of the longer form.
  const size = Number(bits) - (isIP(head) === 6 && max === 32 ? 96 : 0);
  return size >= 0 && size <= max ? [address, size] : null;
}

export function isWithin(address: Address, networks: readonly Network[]): boolean {
  return networks.some(([base, bits]) => address.kind() === base.kind() && address.match(base, bits));
}

/** Whether an address to listen on, or to come from, is of this machine alone. */
export function isLoopback(text: string): boolean {
  const address = readAddress(text);
  return address ? address.range() === "loopback" : text.toLowerCase() === "localhost";
}
