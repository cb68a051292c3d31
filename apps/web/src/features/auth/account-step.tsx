import { TextField } from "@maru/ui";
import { type ReactNode, useState } from "react";
import { emailFaultKey, passwordFaultKey } from "./field-rules.ts";
import { useWords } from "./i18n/index.ts";
import { PasswordField } from "./password-field.tsx";
import { StepForm } from "./step-form.tsx";

export type AccountStepProps = {
  email: string;
  password: string;
  /** What the server said of the e-mail. */
  emailError: string | null;
  onChange: (change: { email?: string; password?: string }) => void;
  onDone: () => void;
  footer?: ReactNode;
};

/** E-mail and password. A rule is told before it is broken; a fault only once the field was left or sent. */
export function AccountStep({ email, password, emailError, onChange, onDone, footer }: AccountStepProps) {
  const { t } = useWords();
  const [left, setLeft] = useState({ email: false, password: false });
  const emailFault = emailFaultKey(email);
  const passwordFault = passwordFaultKey(password);
  return (
    <StepForm
      title={t("auth.signUp.account.title")}
      submit={t("common.next")}
      footer={footer}
      onSubmit={() => {
        setLeft({ email: true, password: true });
        if (!emailFault && !passwordFault && !emailError) onDone();
      }}
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
        onValueChange={(value) => onChange({ email: value })}
        onBlur={() => setLeft((was) => ({ ...was, email: was.email || email !== "" }))}
        hint={t("auth.email.hint")}
        error={emailError ?? (left.email && emailFault ? t(emailFault) : undefined)}
      />
      <PasswordField
        name="password"
        autoComplete="new-password"
        value={password}
        onValueChange={(value) => onChange({ password: value })}
        onBlur={() => setLeft((was) => ({ ...was, password: was.password || password !== "" }))}
        hint={t("auth.password.hint")}
        success={passwordFault === null ? t("auth.password.good") : undefined}
        error={left.password && passwordFault ? t(passwordFault) : undefined}
      />
    </StepForm>
  );
}
