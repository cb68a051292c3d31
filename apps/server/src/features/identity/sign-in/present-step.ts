import type { SignInStep } from "@maru/protocol";
import type { OpenStep, Steps } from "./sign-in-steps.ts";
import type { StepKind } from "./store-steps.ts";

export type StepPresenter = ReturnType<typeof createStepPresenter>;

/** Presents what is left to do, whichever kind of step a browser is at. */
export function createStepPresenter(deps: {
  readonly steps: Steps;
  /** Reads what a browser keeps itself, or null. */
  readonly readKept: (secret: string) => SignInStep | null;
  /** How each kind of step is presented. */
  readonly presenters: { readonly [K in StepKind]: (step: OpenStep<never>) => SignInStep | Promise<SignInStep> };
}) {
  const { steps, presenters, readKept } = deps;
  return {
    async describe(secret: string | null): Promise<SignInStep> {
      const kept = secret === null ? null : readKept(secret);
      if (kept) return kept;
      const step = secret === null ? null : await steps.find(secret);
      // Each describer reads what the part that began its kind of step put there.
      return step ? presenters[step.kind](step as OpenStep<never>) : { next: "none" };
    },
  };
}
