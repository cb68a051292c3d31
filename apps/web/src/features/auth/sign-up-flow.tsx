import type { ErrorCode, Legal, NicknameAvailability, SignUpInput } from "@maru/protocol";
import { describeError, normalizeNickname } from "@maru/protocol";
import { useState } from "react";
import { describeFault, faultOf } from "../../shell/faults.ts";
import { useWords } from "../../shell/i18n/index.ts";
import { PublicFrame } from "../../shell/public-frame.tsx";
import { AccountStep } from "./account-step.tsx";
import { AgeStep } from "./age-step.tsx";
import { noConsents } from "./consents.ts";
import { ConsentsStep } from "./consents-step.tsx";
import { NicknameStep } from "./nickname-step.tsx";
import { Progress } from "./progress.tsx";

const steps = ["age", "account", "nickname", "consents"] as const;
type Step = (typeof steps)[number];

/** The step in which an error of the server can be put right. */
const stepOfFault: Partial<Record<ErrorCode, Step>> = {
  "age.too_young": "age",
  "email.invalid": "account",
  "email.taken": "account",
  "password.weak": "account",
  "nickname.invalid": "nickname",
  "nickname.taken": "nickname",
};

export type SignUpFlowProps = {
  checkNickname: (nickname: string) => Promise<NicknameAvailability>;
  getLegal: () => Promise<Legal>;
  signUp: (input: Omit<SignUpInput, "deviceName">) => Promise<unknown>;
  onLeave: () => void;
};

/** Sign-up, one thing at a time. Nothing is sent before the last step but the question whether a nickname is free. */
export function SignUpFlow({ checkNickname, getLegal, signUp, onLeave }: SignUpFlowProps) {
  const { locale } = useWords();
  const [step, setStep] = useState<Step>("age");
  const [form, setForm] = useState({ email: "", password: "", nickname: "" });
  const [consents, setConsents] = useState(noConsents);
  const [isBusy, setIsBusy] = useState(false);
  const [errors, setErrors] = useState<Partial<Record<Step, string>>>({});
  const at = steps.indexOf(step);

  const submit = async () => {
    setIsBusy(true);
    setErrors({});
    try {
      const legal = await getLegal();
      await signUp({
        email: form.email.trim(),
        password: form.password,
        nickname: normalizeNickname(form.nickname),
        isFourteenOrOver: true,
        consents: { terms: legal.terms.version, privacy: legal.privacy.version, marketing: consents.marketing },
        locale,
      });
    } catch (thrown) {
      const target = stepOfFault[faultOf(thrown).code] ?? "consents";
      setErrors({ [target]: describeFault(thrown, locale) });
      setStep(target);
      setIsBusy(false);
    }
  };

  return (
    <PublicFrame onBack={() => (at === 0 ? onLeave() : setStep(steps[at - 1] ?? "age"))}>
      <Progress step={at + 1} count={steps.length} />
      {step === "age" && <AgeStep onConfirmed={() => setStep("account")} />}
      {step === "account" && (
        <AccountStep
          key="account"
          email={form.email}
          password={form.password}
          emailError={errors.account ?? null}
          onChange={(change) => {
            setForm({ ...form, ...change });
            setErrors({});
          }}
          onDone={() => setStep("nickname")}
        />
      )}
      {step === "nickname" && (
        <NicknameStep
          nickname={form.nickname}
          error={errors.nickname ?? null}
          check={checkNickname}
          onChange={(nickname) => {
            setForm({ ...form, nickname });
            setErrors({});
          }}
          onDone={() => setStep("consents")}
        />
      )}
      {step === "consents" && (
        <ConsentsStep
          consents={consents}
          onChange={(next) => {
            setConsents(next);
            setErrors({});
          }}
          isBusy={isBusy}
          error={errors.consents ?? null}
          onMissing={() => setErrors({ consents: describeError("consent.required", locale) })}
          onDone={() => void submit()}
        />
      )}
    </PublicFrame>
  );
}
