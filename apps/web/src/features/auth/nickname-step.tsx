import type { NicknameAvailability } from "@maru/protocol";
import { Avatar } from "@maru/ui";
import { useState } from "react";
import { nicknameFaultKey } from "./field-rules.ts";
import { useWords } from "./i18n/index.ts";
import { NicknameField } from "./nickname-field.tsx";
import { StepForm } from "./step-form.tsx";
import { isRefused, useNicknameCheck } from "./use-nickname-check.ts";

export type NicknameStepProps = {
  nickname: string;
  /** What the server said when it was asked to take it. */
  error: string | null;
  check: (nickname: string) => Promise<NicknameAvailability>;
  onChange: (nickname: string) => void;
  onDone: () => void;
};

/** What somebody wants to be called, and whether it is free. */
export function NicknameStep({ nickname, error, check, onChange, onDone }: NicknameStepProps) {
  const { t } = useWords();
  const [isSubmitted, setIsSubmitted] = useState(false);
  const state = useNicknameCheck(nickname, check);
  return (
    <StepForm
      title={t("auth.signUp.nickname.title")}
      text={t("auth.signUp.nickname.text")}
      submit={t("common.next")}
      onSubmit={() => {
        setIsSubmitted(true);
        if (nicknameFaultKey(nickname) === null && !isRefused(state) && !error) onDone();
      }}
    >
      <span className="self-center pb-2">
        <Avatar seed={nickname.trim() || "maru"} size={88} />
      </span>
      <NicknameField value={nickname} onValueChange={onChange} state={state} isSubmitted={isSubmitted} error={error} />
    </StepForm>
  );
}
