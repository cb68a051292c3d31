import { IconButton, TextField, type TextFieldProps } from "@maru/ui";
import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { useWords } from "./i18n/index.ts";

/** A password that can be looked at by the person who writes it. */
export function PasswordField(props: Omit<TextFieldProps, "label" | "type" | "trailing"> & { label?: string }) {
  const { t } = useWords();
  const [isShown, setIsShown] = useState(false);
  return (
    <TextField
      {...props}
      label={props.label ?? t("auth.password.label")}
      type={isShown ? "text" : "password"}
      trailing={
        <IconButton
          label={isShown ? t("auth.password.hide") : t("auth.password.show")}
          icon={isShown ? <EyeOff size={20} aria-hidden /> : <Eye size={20} aria-hidden />}
          onClick={() => setIsShown(!isShown)}
        />
      }
    />
  );
}
