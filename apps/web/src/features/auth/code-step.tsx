import type { Account, EnterResult } from "@maru/client";
import { normalizeName, type SignInStep } from "@maru/protocol";
import { showToast } from "@maru/ui";
import { useState } from "react";
import { catalogueErrorOf, errorMessageOf } from "../../shell/error-messages.ts";
import { useNow } from "../../shell/now.ts";
import { formatElapsed } from "../../shell/time.ts";
import { CodeField, codeLength } from "./code-field.tsx";
import { nicknameFaultKey } from "./field-rules.ts";
import { useWords } from "./i18n/index.ts";
import { NicknameField } from "./nickname-field.tsx";
import { StepForm } from "./step-form.tsx";
import { textLinkClass } from "./text-link.ts";
import { type CheckNickname, useNicknameCheck } from "./use-nickname-check.ts";

type PendingCode = Extract<SignInStep, { next: "code" }>;

export type CodeStepProps = {
  step: PendingCode;
  account: Pick<Account, "enterCode" | "resendCode">;
  checkNickname: CheckNickname;
  onStep: (step: SignInStep | EnterResult) => void;
  onOver: () => void;
  onStartOver: () => void;
  /** Whoever has an account already gets no code, but a mail that says so. */
  onLogIn: () => void;
};

/** The code that came by mail. Another nickname is asked for if the one chosen was taken meanwhile. */
export function CodeStep({ step, account, checkNickname, onStep, onOver, onStartOver, onLogIn }: CodeStepProps) {
  const { t, locale } = useWords();
  const [code, setCode] = useState("");
  const [isSubmitted, setIsSubmitted] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [nickname, setNickname] = useState<string | null>(null);
  const fault = error ? catalogueErrorOf(error) : null;
  const take = (thrown: unknown) => {
    setIsBusy(false);
    const { code: faultCode, params } = catalogueErrorOf(thrown);
    if (faultCode === "step.expired" || params?.attemptsLeft === 0) return onOver();
    if (faultCode === "nickname.taken" && nickname === null) return setNickname("");
    setError(thrown);
  };
  const submit = () => {
    setIsSubmitted(true);
    setError(null);
    if (code.length < codeLength) return;
    if (nickname !== null && nicknameFaultKey(nickname) !== null) return;
    setIsBusy(true);
    account.enterCode(code, nickname === null ? undefined : normalizeName(nickname)).then(onStep, take);
  };
  const resend = () => {
    setError(null);
    account.resendCode().then((next) => {
      onStep(next);
      showToast(t("code.resent"), "good");
    }, take);
  };
  const left = Number(fault?.params?.attemptsLeft ?? Number.NaN);
  const isWrong = fault?.code === "code.wrong";
  const isOfNickname = fault?.code.startsWith("nickname.") ?? false;
  const wrong = left > 0 ? t("code.attemptsLeft", { count: left }) : error ? errorMessageOf(error, locale) : undefined;
  return (
    <StepForm
      title={t("code.title")}
      text={t("code.text", { email: step.email })}
      submit={t("code.submit")}
      isBusy={isBusy}
      error={error && !isWrong && !isOfNickname ? errorMessageOf(error, locale) : null}
      onSubmit={submit}
      footer={
        <div className="flex flex-col items-center gap-3">
          <Resend key={step.resendAfterMs + step.expiresAt} afterMs={step.resendAfterMs} onResend={resend} />
          <div className="flex flex-wrap justify-center gap-x-6 gap-y-3">
            <button type="button" className={textLinkClass} onClick={onStartOver}>
              {t("step.startOver")}
            </button>
            <button type="button" className={textLinkClass} onClick={onLogIn}>
              {t("auth.logIn.page")}
            </button>
          </div>
        </div>
      }
    >
      <CodeField
        label={t("code.label")}
        value={code}
        onValueChange={(digits) => {
          setCode(digits);
          if (isWrong) setError(null);
        }}
        hint={<ExpiresIn at={step.expiresAt} />}
        error={isWrong ? wrong : isSubmitted && code.length < codeLength ? t("code.short") : undefined}
      />
      {nickname !== null && (
        <NewNickname
          value={nickname}
          onValueChange={(next) => {
            setNickname(next);
            if (isOfNickname) setError(null);
          }}
          check={checkNickname}
          isSubmitted={isSubmitted}
          error={isOfNickname ? errorMessageOf(error, locale) : null}
        />
      )}
    </StepForm>
  );
}

/** How long the code is good for; silent where this device's clock contradicts the server's. */
function ExpiresIn({ at }: { at: string }) {
  const { t } = useWords();
  const now = useNow(1_000);
  const leftMs = Date.parse(at) - now.getTime();
  if (leftMs <= 0 || leftMs > 3_600_000) return null;
  return <span className="tabular-nums">{t("code.expiresIn", { left: formatElapsed(leftMs) })}</span>;
}

/** Asks for the code once more, when that may be done again. Counted from when the page learned of it. */
function Resend({ afterMs, onResend }: { afterMs: number; onResend: () => void }) {
  const { t } = useWords();
  const now = useNow(1_000);
  const [since] = useState(now);
  const leftMs = afterMs - (now.getTime() - since.getTime());
  return leftMs > 0 ? (
    <span className="text-sm tabular-nums text-ink-faint">{t("code.resendIn", { left: formatElapsed(leftMs) })}</span>
  ) : (
    <button type="button" className={textLinkClass} onClick={onResend}>
      {t("code.resend")}
    </button>
  );
}

function NewNickname(props: {
  value: string;
  onValueChange: (nickname: string) => void;
  check: CheckNickname;
  isSubmitted: boolean;
  error: string | null;
}) {
  const { t } = useWords();
  const state = useNicknameCheck(props.value, props.check);
  return (
    <>
      <p role="alert" className="text-md text-ink-muted">
        {t("code.nicknameTaken")}
      </p>
      <NicknameField
        value={props.value}
        onValueChange={props.onValueChange}
        state={state}
        isSubmitted={props.isSubmitted}
        error={props.error}
      />
    </>
  );
}
