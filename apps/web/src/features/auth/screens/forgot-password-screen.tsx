import { useClient } from "@maru/react";
import { TextField } from "@maru/ui";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { catalogueErrorOf, errorMessageOf } from "../../../shell/error-messages.ts";
import { PublicFrame } from "../../../shell/public-frame.tsx";
import { usePageTitle } from "../../../shell/use-page-title.ts";
import { emailFaultKey } from "../field-rules.ts";
import { useWords } from "../i18n/index.ts";
import { keepNext } from "../keep-next.ts";
import { StepForm } from "../step-form.tsx";

/** Asks for a link by mail. What it says never tells whether there is an account. */
export function ForgotPasswordScreen() {
  const { t, locale } = useWords();
  const client = useClient();
  const router = useRouter();
  const [email, setEmail] = useState("");
  const [isSubmitted, setIsSubmitted] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [answer, setAnswer] = useState<"sent" | "off" | null>(null);
  const [error, setError] = useState<unknown>(null);
  usePageTitle(t("forgot.page"));
  const toLogIn = () => void router.navigate({ to: "/log-in", search: keepNext });
  const emailFault = emailFaultKey(email);
  const submit = async () => {
    setIsSubmitted(true);
    if (emailFault) return;
    setIsBusy(true);
    setError(null);
    try {
      await client.account.requestPasswordReset(email.trim());
      setAnswer("sent");
    } catch (thrown) {
      if (catalogueErrorOf(thrown).code === "mail.off") setAnswer("off");
      else setError(thrown);
    }
    setIsBusy(false);
  };
  return (
    <PublicFrame onBack={toLogIn}>
      {answer ? (
        <div role="status" className="contents">
          <StepForm
            key={answer}
            title={answer === "sent" ? t("forgot.sentTitle") : t("forgot.offTitle")}
            text={answer === "sent" ? t("forgot.sentText", { email: email.trim() }) : t("forgot.offText")}
            submit={t("forgot.toLogIn")}
            onSubmit={toLogIn}
          />
        </div>
      ) : (
        <StepForm
          title={t("forgot.title")}
          text={t("forgot.text")}
          submit={t("forgot.submit")}
          isBusy={isBusy}
          error={error ? errorMessageOf(error, locale) : null}
          onSubmit={() => void submit()}
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
        </StepForm>
      )}
    </PublicFrame>
  );
}
