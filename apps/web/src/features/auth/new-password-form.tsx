import { useState } from "react";
import { catalogueErrorOf, errorMessageOf } from "../../shell/error-messages.ts";
import { passwordFaultKey } from "./field-rules.ts";
import { useWords } from "./i18n/index.ts";
import { PasswordField } from "./password-field.tsx";
import { StepForm } from "./step-form.tsx";

/** Sets a password by a link. `onExpired` when the link has had its day. */
export function NewPasswordForm(props: {
  title: string;
  text: string;
  save: (password: string) => Promise<unknown>;
  onExpired: () => void;
}) {
  const { t, locale } = useWords();
  const [password, setPassword] = useState("");
  const [isSubmitted, setIsSubmitted] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const passwordFault = passwordFaultKey(password);
  const submit = () => {
    setIsSubmitted(true);
    if (passwordFault) return;
    setIsBusy(true);
    setError(null);
    props.save(password).catch((thrown: unknown) => {
      if (catalogueErrorOf(thrown).code === "link.expired") return props.onExpired();
      setError(thrown);
      setIsBusy(false);
    });
  };
  return (
    <StepForm
      title={props.title}
      text={props.text}
      submit={t("reset.submit")}
      isBusy={isBusy}
      error={error ? errorMessageOf(error, locale) : null}
      onSubmit={submit}
    >
      <PasswordField
        name="password"
        autoComplete="new-password"
        autoFocus
        value={password}
        onValueChange={setPassword}
        hint={t("auth.password.hint")}
        success={passwordFault === null ? t("auth.password.good") : undefined}
        error={isSubmitted && passwordFault ? t(passwordFault) : undefined}
      />
    </StepForm>
  );
}
