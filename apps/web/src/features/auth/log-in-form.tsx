import { TextField } from "@maru/ui";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { errorMessageOf } from "../../shell/error-messages.ts";
import { emailFaultKey } from "./field-rules.ts";
import { useWords } from "./i18n/index.ts";
import { keepNext } from "./keep-next.ts";
import { PasswordField } from "./password-field.tsx";
import { StepForm } from "./step-form.tsx";
import { textLinkClass } from "./text-link.ts";

/** E-mail and password of somebody who has been here before. */
export function LogInForm({
  logIn,
  notice,
  fault,
  otherWays,
}: {
  logIn: (email: string, password: string) => Promise<unknown>;
  notice: string | null;
  /** What went wrong on the way here, in words. */
  fault: string | null;
  otherWays: ReactNode;
}) {
  const { t, locale } = useWords();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [isSubmitted, setIsSubmitted] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const emailFault = emailFaultKey(email);
  const submit = () => {
    setIsSubmitted(true);
    if (emailFault || password === "") return;
    setIsBusy(true);
    setError(null);
    logIn(email.trim(), password).catch((thrown: unknown) => {
      setError(thrown);
      setIsBusy(false);
    });
  };
  return (
    <StepForm
      title={t("auth.logIn.title")}
      {...(notice && { text: notice })}
      submit={t("auth.logIn.submit")}
      isBusy={isBusy}
      error={error ? errorMessageOf(error, locale) : isSubmitted ? null : fault}
      onSubmit={submit}
      footer={
        <>
          {otherWays}
          <div className="flex flex-wrap items-center justify-center gap-x-5 gap-y-3">
            <Link to="/forgot-password" search={keepNext} className={`${textLinkClass} no-underline`}>
              {t("logIn.forgot")}
            </Link>
            <p className="text-center text-sm text-ink-muted">
              {t("auth.logIn.newHere")}{" "}
              <Link to="/sign-up" search={keepNext} className={`${textLinkClass} no-underline`}>
                {t("auth.logIn.signUp")}
              </Link>
            </p>
          </div>
        </>
      }
    >
      <TextField
        label={t("auth.email.label")}
        name="email"
        type="email"
        inputMode="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        value={email}
        onValueChange={setEmail}
        error={isSubmitted && emailFault ? t(emailFault) : undefined}
      />
      <PasswordField
        name="password"
        autoComplete="current-password"
        value={password}
        onValueChange={setPassword}
        error={isSubmitted && password === "" ? t("auth.password.empty") : undefined}
      />
    </StepForm>
  );
}
