import { Button, Dialog } from "@maru/ui";
import { useState } from "react";
import { catalogueErrorOf, errorMessageOf } from "../../shell/error-messages.ts";
import { PasswordField, passwordFaultKey, useAuthWords } from "../auth/index.ts";
import { FreshLogIn, type FreshLogInProps } from "./fresh-log-in.tsx";
import { useWords } from "./i18n/index.ts";

export type PasswordDialogProps = FreshLogInProps & {
  isOpen: boolean;
  hasPassword: boolean;
  changePassword: (newPassword: string, current: string | undefined) => Promise<unknown>;
};

/** Changes the password of who knows the one that holds, or sets a first one. */
export function PasswordDialog({ isOpen, ...rest }: PasswordDialogProps) {
  const { t } = useWords();
  const { hasPassword, onClose } = rest;
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      title={hasPassword ? t("security.changeTitle") : t("security.setTitle")}
      description={t("security.changeText")}
    >
      <PasswordForm {...rest} />
    </Dialog>
  );
}

function PasswordForm({ hasPassword, changePassword, ...fresh }: Omit<PasswordDialogProps, "isOpen">) {
  const { t, locale } = useWords();
  const { t: auth } = useAuthWords();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [isSubmitted, setIsSubmitted] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const code = error ? catalogueErrorOf(error).code : null;
  const nextFault = passwordFaultKey(next);
  const submit = async () => {
    setIsSubmitted(true);
    if ((hasPassword && current === "") || nextFault) return;
    setIsBusy(true);
    setError(null);
    try {
      await changePassword(next, hasPassword ? current : undefined);
    } catch (thrown) {
      setError(thrown);
      setIsBusy(false);
    }
  };
  if (code === "auth.fresh_required") return <FreshLogIn {...fresh} />;
  const isOfCurrent = code === "password.wrong";
  const isOfNext = /^password\.(same|weak|common|personal)$/.test(code ?? "");
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) void submit();
      }}
    >
      {hasPassword && (
        <PasswordField
          label={t("security.current")}
          name="current-password"
          autoComplete="current-password"
          value={current}
          onValueChange={(value) => {
            setCurrent(value);
            if (isOfCurrent) setError(null);
          }}
          error={
            isOfCurrent
              ? errorMessageOf(error, locale)
              : isSubmitted && current === ""
                ? auth("auth.password.empty")
                : undefined
          }
        />
      )}
      <PasswordField
        label={t("security.new")}
        name="new-password"
        autoComplete="new-password"
        value={next}
        onValueChange={(value) => {
          setNext(value);
          if (isOfNext) setError(null);
        }}
        hint={auth("auth.password.hint")}
        success={nextFault === null ? auth("auth.password.good") : undefined}
        error={isOfNext ? errorMessageOf(error, locale) : isSubmitted && nextFault ? auth(nextFault) : undefined}
      />
      <p
        role="alert"
        className="forced-edge rounded-md bg-danger-soft px-4 py-3 text-sm font-medium text-danger empty:hidden"
      >
        {error && !isOfCurrent && !isOfNext ? errorMessageOf(error, locale) : null}
      </p>
      <div className="flex gap-2 *:flex-1">
        <Button variant="secondary" onClick={fresh.onClose}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" isBusy={isBusy}>
          {hasPassword ? t("security.change") : t("security.set")}
        </Button>
      </div>
    </form>
  );
}
