import { Button } from "@maru/ui";
import { useState } from "react";
import { errorMessageOf } from "../../shell/error-messages.ts";
import { useProviderName } from "../auth/index.ts";
import { useWords } from "./i18n/index.ts";

export type FreshLogInProps = {
  /** The ways to log in again. */
  providers: readonly { readonly id: string; readonly name: string }[];
  logInAgain: (providerId: string) => Promise<unknown>;
  onClose: () => void;
};

/** Asks who has no password to log in again first. */
export function FreshLogIn({ providers, logInAgain, onClose }: FreshLogInProps) {
  const { t, locale } = useWords();
  const nameOf = useProviderName();
  const [busyId, setBusyId] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const go = async (providerId: string) => {
    setBusyId(providerId);
    try {
      await logInAgain(providerId);
    } catch (thrown) {
      setError(errorMessageOf(thrown, locale));
      setBusyId(null);
    }
  };
  return (
    <div className="flex flex-col gap-3">
      <p role="alert" className="text-md text-ink-muted">
        {error ?? t("proof.fresh")}
      </p>
      {providers.map((provider) => (
        <Button key={provider.id} size="lg" isWide isBusy={busyId === provider.id} onClick={() => void go(provider.id)}>
          {t("proof.again", { name: nameOf(provider) })}
        </Button>
      ))}
      <Button size="lg" isWide variant="quiet" onClick={onClose}>
        {t("common.cancel")}
      </Button>
    </div>
  );
}
