import { readAddress, writeAddress } from "./addresses.ts";

/** What counts as one address: an IPv4 address, or the /64 that an IPv6 customer is given. */
export function addressKey(text: string): string {
  const address = readAddress(text);
  if (!address) return text.toLowerCase();
  if (!("parts" in address)) return writeAddress(address);
  return address.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(":");
}
