/** The path to go to after sign-in: one of this origin, or home. Never another origin, whatever the address says. */
export function safePath(next: unknown): string {
  return typeof next === "string" && /^\/(?![/\\])[\w/-]*$/.test(next) ? next : "/";
}
