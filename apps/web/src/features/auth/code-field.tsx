import { readDigits } from "@maru/protocol";
import { TextField } from "@maru/ui";
import type { ReactNode } from "react";

/** Length of every code: by mail, and of an authenticator app. */
export const codeLength = 6;

export type CodeFieldProps = {
  label: string;
  value: string;
  onValueChange: (digits: string) => void;
  hint?: ReactNode;
  error?: string | undefined;
  /** Leaves the focus where it is: a phone's keyboard would cover what has to be read first. */
  isQuiet?: boolean;
};

/** Six digits in one field, so that a paste, a password manager and a phone's suggestion all find it. */
export function CodeField({ label, value, onValueChange, hint, error, isQuiet = false }: CodeFieldProps) {
  return (
    <TextField
      label={label}
      name="code"
      inputMode="numeric"
      autoComplete="one-time-code"
      autoFocus={!isQuiet}
      value={value}
      onValueChange={(typed) => onValueChange(readDigits(typed).slice(0, codeLength))}
      hint={hint}
      error={error}
    />
  );
}
