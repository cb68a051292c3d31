import type { Account } from "@maru/client";
import type { AuthOptions } from "@maru/protocol";
import { useEffect, useState } from "react";
import { isTemporary, keepAsking } from "../../shell/keep-asking.ts";
import type { PendingStep } from "./entry-step.tsx";

/** How people sign in here, and a step that this browser is in the middle of. */
export type SignInFlow = {
  readonly options: AuthOptions;
  readonly step: PendingStep | null;
  /** The server has not said it all yet, and goes on being asked. */
  readonly isPartial: boolean;
};

/** Where the server does not say, e-mail and password are a way in everywhere. */
export const plainOptions: AuthOptions = { signUp: "open", isMailOn: false, providers: [] };

const noStep = { next: "none" } as const;

/** Takes something else where the server refuses for good. */
const or =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (isTemporary(error)) throw error;
    return instead;
  };

/**
 * Asks how people come in here. Null until that is known, or the server did not say: then it is asked again by itself.
 * `setStep` follows the steps.
 */
export function useSignInFlow(account: Pick<Account, "getOptions" | "getStep">): {
  flow: SignInFlow | null;
  setStep: (step: PendingStep | null) => void;
} {
  const [flow, setFlow] = useState<SignInFlow | null>(null);
  useEffect(
    () =>
      keepAsking(
        () => Promise.all([account.getOptions().catch(or(plainOptions)), account.getStep().catch(or(noStep))]),
        {
          // Somebody may have gone a step further meanwhile, by what was there.
          answer: ([options, left]) =>
            setFlow((was) => ({
              options,
              step: was?.step ?? (left.next === "none" ? null : left),
              isPartial: false,
            })),
          failure: () => setFlow((was) => was ?? { options: plainOptions, step: null, isPartial: true }),
        },
      ),
    [account],
  );
  return { flow, setStep: (step) => setFlow((was) => was && { ...was, step }) };
}
