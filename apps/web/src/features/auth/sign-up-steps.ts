/** The steps of the sign-up, each an address of its own, so that Back leads to the one before. */
export const signUpSteps = ["age", "invite", "account", "nickname", "consents"] as const;

export type SignUpStep = (typeof signUpSteps)[number];

export function isSignUpStep(word: unknown): word is SignUpStep {
  return signUpSteps.some((step) => step === word);
}
