/** Longest place that is remembered over a sign-in; the server takes no longer one along to a provider. */
const mostCharacters = 500;

/** Only there to read addresses against: none of ours. */
const anyOrigin = "https://own.invalid";

/**
 * The place to go to after sign-in, with its query: one inside the app, or home. Never another origin, however the address
 * spells it: a browser drops tabs and line breaks, takes a backslash for a slash, and makes `//host` of `/..//host`. So what
 * comes out is what it makes of it, and is looked at as such.
 */
export function safePath(next: unknown): string {
  if (typeof next !== "string" || !next.startsWith("/") || next.length > mostCharacters) return "/";
  if (!URL.canParse(next, anyOrigin)) return "/";
  const url = new URL(next, anyOrigin);
  if (url.origin !== anyOrigin || url.pathname.startsWith("//")) return "/";
  const path = `${url.pathname}${url.search}${url.hash}`;
  return path.length > mostCharacters ? "/" : path;
}
