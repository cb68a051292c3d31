import type { Account, EnterResult } from "@maru/client";
import type { SecondFactorMethod, SignInStep } from "@maru/protocol";
import { TextField } from "@maru/ui";
import { useState } from "react";
import { catalogueErrorOf, errorMessageOf } from "../../shell/error-messages.ts";
import { CodeField, codeLength } from "./code-field.tsx";
import { useWords } from "./i18n/index.ts";
import { hasPasskeys, signWithPasskey } from "./passkeys.ts";
import { StepForm } from "./step-form.tsx";
import { textLinkClass } from "./text-link.ts";

export type SecondFactorStepProps = {
  methods: readonly SecondFactorMethod[];
  account: Pick<Account, "enterSecondFactor" | "getPasskeyCheck">;
  onStep: (step: SignInStep | EnterResult) => void;
  onOver: () => void;
  onStartOver: () => void;
};

const switchKeys = {
  passkey: "secondFactor.usePasskey",
  totp: "secondFactor.useTotp",
  recovery_code: "secondFactor.useRecovery",
} as const;
const textKeys = {
  passkey: "secondFactor.passkey",
  totp: "secondFactor.totp",
  recovery_code: "secondFactor.recovery",
} as const;

/** The second factor of a sign-in, in whichever way the person has at hand. */
export function SecondFactorStep({ methods, account, onStep, onOver, onStartOver }: SecondFactorStepProps) {
  const { t, locale } = useWords();
  const usable = methods.filter((method) => method !== "passkey" || hasPasskeys());
  const order: readonly SecondFactorMethod[] = ["passkey", "totp", "recovery_code"];
  const [method, setMethod] = useState(order.find((each) => usable.includes(each)) ?? "recovery_code");
  const [typed, setTyped] = useState("");
  const [isSubmitted, setIsSubmitted] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const isShort = method === "totp" ? typed.length < codeLength : method === "recovery_code" && typed.trim() === "";

  const enter = async () => {
    if (method === "totp") return account.enterSecondFactor({ totp: typed });
    if (method === "recovery_code") return account.enterSecondFactor({ recoveryCode: typed.trim() });
    const options = await account.getPasskeyCheck();
    const passkey = await signWithPasskey(options).catch(() => null);
    if (passkey === null) return null;
    return account.enterSecondFactor({ passkey: { ...passkey } });
  };
  const submit = async () => {
    setIsSubmitted(true);
    if (isShort) return;
    setIsBusy(true);
    setError(null);
    try {
      const result = await enter();
      if (result) return onStep(result);
      setError(t("secondFactor.passkeyFailed"));
    } catch (thrown) {
      const { code, params } = catalogueErrorOf(thrown);
      if (code === "step.expired" || params?.attemptsLeft === 0) return onOver();
      setTyped("");
      setIsSubmitted(false);
      setError(
        method === "passkey" && code === "second_factor.failed"
          ? t("secondFactor.passkeyFailed")
          : errorMessageOf(thrown, locale),
      );
    }
    setIsBusy(false);
  };
  return (
    <StepForm
      title={t("secondFactor.title")}
      text={t(textKeys[method])}
      submit={method === "passkey" ? t("secondFactor.usePasskey") : t("common.next")}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void submit()}
      footer={
        <div className="flex flex-col items-center gap-3">
          {usable
            .filter((other) => other !== method)
            .map((other) => (
              <button
                key={other}
                type="button"
                className={textLinkClass}
                onClick={() => {
                  setMethod(other);
                  setTyped("");
                  setError(null);
                  setIsSubmitted(false);
                }}
              >
                {t(switchKeys[other])}
              </button>
            ))}
          <button type="button" className={textLinkClass} onClick={onStartOver}>
            {t("step.startOver")}
          </button>
        </div>
      }
    >
      {method === "totp" && (
        <CodeField
          key="totp"
          label={t("secondFactor.totpLabel")}
          value={typed}
          onValueChange={setTyped}
          error={isSubmitted && isShort ? t("code.short") : undefined}
        />
      )}
      {method === "recovery_code" && (
        <TextField
          key="recovery"
          label={t("secondFactor.recoveryLabel")}
          name="recovery-code"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          value={typed}
          onValueChange={setTyped}
          error={isSubmitted && isShort ? t("secondFactor.recoveryEmpty") : undefined}
        />
      )}
    </StepForm>
  );
}
