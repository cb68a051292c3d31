import type { Account } from "@maru/client";
import type { AuthOptions } from "@maru/protocol";
import { useEffect, useState } from "react";
import type { PendingStep } from "./entry-step.tsx";

/** What the door looks like: how people come in here, and a step that this browser is in the middle of. */
export type Door = { readonly options: AuthOptions; readonly step: PendingStep | null };

/** Where the server does not say, e-mail and password are a way in everywhere. */
export const plainOptions: AuthOptions = { signUp: "open", isMailOn: false, providers: [] };

/** Asks once how people come in here. Null until that is known; `setStep` follows the steps. */
export function useDoor(account: Pick<Account, "getOptions" | "getStep">): {
  door: Door | null;
  setStep: (step: PendingStep | null) => void;
} {
  const [door, setDoor] = useState<Door | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const options = account.getOptions().catch(() => plainOptions);
    const step = account.getStep().catch(() => ({ next: "none" }) as const);
    void Promise.all([options, step]).then(([known, left]) => {
      if (isCurrent) setDoor({ options: known, step: left.next === "none" ? null : left });
    });
    return () => {
      isCurrent = false;
    };
  }, [account]);
  return { door, setStep: (step) => setDoor((was) => was && { ...was, step }) };
}
