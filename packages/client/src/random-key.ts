const letters = "abcdefghijklmnopqrstuvwxyz0123456789";

/** A key that no other message has: 24 letters and digits. Plain http has no `randomUUID`, but every place this. */
export function newRandomKey(random: () => number): string {
  const bytes = new Uint8Array(24);
  if (globalThis.crypto?.getRandomValues) globalThis.crypto.getRandomValues(bytes);
  else for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(random() * 256);
  return Array.from(bytes, (byte) => letters[byte % letters.length]).join("");
}
