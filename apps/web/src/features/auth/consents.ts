/** The three yeses of sign-up, each apart. */
export type Consents = { readonly terms: boolean; readonly privacy: boolean; readonly marketing: boolean };

/** Nothing is agreed to before somebody says so. */
export const noConsents: Consents = { terms: false, privacy: false, marketing: false };

export function isEnough(consents: Consents): boolean {
  return consents.terms && consents.privacy;
}

/** How the box that stands for all of them looks. */
export function summarizeConsents(consents: Consents): "all" | "some" | "none" {
  const given = Object.values(consents).filter(Boolean).length;
  return given === 3 ? "all" : given > 0 ? "some" : "none";
}
