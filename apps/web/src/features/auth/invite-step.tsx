import { TextField } from "@maru/ui";
import { useState } from "react";
import { useWords } from "./i18n/index.ts";
import { StepForm } from "./step-form.tsx";

export type InviteStepProps = {
  initial: string;
  /** What the server said of the code. */
  error: string | null;
  onChange: () => void;
  onDone: (inviteCode: string) => void;
};

/** The code of an invitation, where people come in by one. */
export function InviteStep({ initial, error, onChange, onDone }: InviteStepProps) {
  const { t } = useWords();
  const [code, setCode] = useState(initial);
  const [isSubmitted, setIsSubmitted] = useState(false);
  const isEmpty = code.trim() === "";
  return (
    <StepForm
      title={t("signUp.invite.title")}
      text={t("signUp.invite.text")}
      submit={t("common.next")}
      onSubmit={() => {
        setIsSubmitted(true);
        if (!isEmpty && !error) onDone(code.trim());
      }}
    >
      <TextField
        label={t("signUp.invite.label")}
        name="invite"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        value={code}
        onValueChange={(next) => {
          setCode(next);
          onChange();
        }}
        error={error ?? (isSubmitted && isEmpty ? t("signUp.invite.empty") : undefined)}
      />
    </StepForm>
  );
}
