/** What a call costs most of all, from what is cheap to what others feel first. */
export const costs = {
  memory: "answered from memory",
  file: "a file read from disk",
  read: "rows read from the database",
  signature: "a signature made or checked",
  write: "rows written to the database",
  fan_out: "other people's connections written to",
  provider: "another service asked",
  mail: "a mail sent",
  hash: "a password hashed: tens of milliseconds of a core",
} as const;
export type Cost = keyof typeof costs;

/** Describes what a call costs, and the names of the limits that stand before it, in their order. */
export const at = <const L extends readonly [string, ...string[]]>(cost: Cost, ...limits: L) => ({ cost, limits });

/** The same for a request with an access token. */
export const own = <const L extends readonly string[]>(cost: Cost, ...more: L) =>
  at(cost, "account", "account_request", ...more);
