import { Button, Dialog, TextField } from "@maru/ui";
import { useState } from "react";
import { catalogueErrorOf, errorMessageOf } from "../../shell/error-messages.ts";
import { PasswordField, useAuthWords } from "../auth/index.ts";
import { FreshLogIn, type FreshLogInProps } from "./fresh-log-in.tsx";
import { useWords } from "./i18n/index.ts";
import type { ProofRequest } from "./proof.ts";

export type ProofDialogProps = FreshLogInProps & {
  request: ProofRequest | null;
  /** Who has no password is asked to log in again where the last time is too long ago. */
  hasPassword: boolean;
};

/** Asks for the password before something that is not to be done by whoever finds the screen open. */
export function ProofDialog({ request, onClose, ...rest }: ProofDialogProps) {
  // The words stay while the dialog goes away.
  const [shown, setShown] = useState(request);
  if (request && request !== shown) setShown(request);
  return (
    <Dialog
      isOpen={request !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={shown?.title ?? ""}
      description={shown?.text}
    >
      {shown && <ProofForm key={shown.title} request={shown} onClose={onClose} {...rest} />}
    </Dialog>
  );
}

function ProofForm({
  request,
  hasPassword,
  providers,
  logInAgain,
  onClose,
}: Omit<ProofDialogProps, "request"> & { request: ProofRequest }) {
  const { t, locale } = useWords();
  const { t: auth } = useAuthWords();
  const [password, setPassword] = useState("");
  const [name, setName] = useState(request.name?.initial ?? "");
  const [isSubmitted, setIsSubmitted] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const code = error ? catalogueErrorOf(error).code : null;
  const submit = async () => {
    setIsSubmitted(true);
    if (hasPassword && password === "") return;
    setIsBusy(true);
    setError(null);
    try {
      await request.act({ ...(hasPassword && { password }), name: name.trim() });
      onClose();
    } catch (thrown) {
      setError(thrown);
      setIsBusy(false);
    }
  };
  if (code === "auth.fresh_required") {
    return <FreshLogIn providers={providers} logInAgain={logInAgain} onClose={onClose} />;
  }
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) void submit();
      }}
    >
      {request.name && (
        <TextField label={request.name.label} name="name" maxLength={100} value={name} onValueChange={setName} />
      )}
      {hasPassword && (
        <PasswordField
          name="current-password"
          autoComplete="current-password"
          value={password}
          onValueChange={(next) => {
            setPassword(next);
            setError(null);
          }}
          hint={t("proof.text")}
          error={
            code === "password.wrong"
              ? errorMessageOf(error, locale)
              : isSubmitted && password === ""
                ? auth("auth.password.empty")
                : undefined
          }
        />
      )}
      <p
        role="alert"
        className="forced-edge rounded-md bg-danger-soft px-4 py-3 text-sm font-medium text-danger empty:hidden"
      >
        {error && code !== "password.wrong" ? errorMessageOf(error, locale) : null}
      </p>
      <div className="flex gap-2 *:flex-1">
        <Button variant="secondary" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" variant={request.isDangerous ? "danger" : "primary"} isBusy={isBusy}>
          {request.yes}
        </Button>
      </div>
    </form>
  );
}
