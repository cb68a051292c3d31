import { Spinner, TextField } from "@maru/ui";
import { useState } from "react";
import { nicknameFaultKey } from "./field-rules.ts";
import { useWords } from "./i18n/index.ts";
import { isRefused, type NicknameState } from "./use-nickname-check.ts";

export type NicknameFieldProps = {
  value: string;
  onValueChange: (nickname: string) => void;
  state: NicknameState;
  /** Shows faults even if the field was not left yet. */
  isSubmitted: boolean;
  error?: string | null;
};

const refusalKeys = {
  taken: "auth.nickname.taken",
  reserved: "auth.nickname.reserved",
  invalid: "auth.nickname.characters",
} as const;

/** A nickname with its rules and whether it is still free. */
export function NicknameField({ value, onValueChange, state, isSubmitted, error }: NicknameFieldProps) {
  const { t } = useWords();
  const [isLeft, setIsLeft] = useState(false);
  const fault = nicknameFaultKey(value);
  const shownFault =
    (isLeft || isSubmitted || (fault !== null && fault !== "auth.nickname.length")) && fault && value !== ""
      ? t(fault)
      : undefined;
  return (
    <TextField
      label={t("auth.nickname.label")}
      name="nickname"
      autoComplete="nickname"
      autoFocus
      value={value}
      onValueChange={onValueChange}
      onBlur={() => setIsLeft(true)}
      hint={state === "checking" ? t("auth.nickname.checking") : t("auth.nickname.hint")}
      success={state === "free" ? t("auth.nickname.free") : undefined}
      error={
        error ??
        shownFault ??
        (isSubmitted && fault ? t(fault) : undefined) ??
        (isRefused(state) ? t(refusalKeys[state]) : undefined)
      }
      trailing={state === "checking" ? <span className="px-3 text-ink-faint">{<Spinner size={18} />}</span> : undefined}
    />
  );
}
