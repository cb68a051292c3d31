import type { TotpSetUp } from "@maru/protocol";
import { Button, Dialog } from "@maru/ui";
import { useState } from "react";
import { catalogueErrorOf, errorMessageOf } from "../../shell/error-messages.ts";
import { CodeField, codeLength, TotpCard, useAuthWords } from "../auth/index.ts";

export type TotpDialogProps = {
  /** Null while nothing is being set up. */
  setUp: TotpSetUp | null;
  confirm: (code: string) => Promise<unknown>;
  onClose: () => void;
};

/** Connects an authenticator app: what to give it, and the first code it shows. */
export function TotpDialog({ setUp, confirm, onClose }: TotpDialogProps) {
  const { t } = useAuthWords();
  const [shown, setShown] = useState(setUp);
  if (setUp && setUp !== shown) setShown(setUp);
  return (
    <Dialog isOpen={setUp !== null} onOpenChange={(open) => !open && onClose()} title={t("totp.title")}>
      {shown && <TotpForm key={shown.secret} setUp={shown} confirm={confirm} onClose={onClose} />}
    </Dialog>
  );
}

function TotpForm({ setUp, confirm, onClose }: TotpDialogProps & { setUp: TotpSetUp }) {
  const { t, locale } = useAuthWords();
  const [code, setCode] = useState("");
  const [isSubmitted, setIsSubmitted] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const isWrong = error !== null && catalogueErrorOf(error).code === "code.wrong";
  const submit = async () => {
    setIsSubmitted(true);
    if (code.length < codeLength) return;
    setIsBusy(true);
    setError(null);
    try {
      await confirm(code);
    } catch (thrown) {
      setError(thrown);
      setIsBusy(false);
    }
  };
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) void submit();
      }}
    >
      <TotpCard setUp={setUp} />
      <CodeField
        isQuiet
        label={t("totp.code")}
        value={code}
        onValueChange={(digits) => {
          setCode(digits);
          setIsSubmitted(false);
          setError(null);
        }}
        error={
          isWrong
            ? errorMessageOf(error, locale)
            : isSubmitted && code.length < codeLength
              ? t("code.short")
              : undefined
        }
      />
      <p
        role="alert"
        className="forced-edge rounded-md bg-danger-soft px-4 py-3 text-sm font-medium text-danger empty:hidden"
      >
        {error && !isWrong ? errorMessageOf(error, locale) : null}
      </p>
      <div className="flex gap-2 *:flex-1">
        <Button variant="secondary" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" isBusy={isBusy}>
          {t("totp.confirm")}
        </Button>
      </div>
    </form>
  );
}
