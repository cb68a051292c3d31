import type { AuthOptions, ErrorCode, Legal, SignUpInput } from "@maru/protocol";
import { describeError, normalizeNickname } from "@maru/protocol";
import { type ReactNode, useState } from "react";
import { describeFault, faultOf } from "../../shell/faults.ts";
import { useWords } from "../../shell/i18n/index.ts";
import { PublicFrame } from "../../shell/public-frame.tsx";
import { AccountStep } from "./account-step.tsx";
import { AgeStep } from "./age-step.tsx";
import { ClosedStep } from "./closed-step.tsx";
import { noConsents } from "./consents.ts";
import { ConsentsStep } from "./consents-step.tsx";
import { InviteStep } from "./invite-step.tsx";
import { NicknameStep } from "./nickname-step.tsx";
import { Progress } from "./progress.tsx";
import type { CheckNickname } from "./use-nickname-check.ts";

type Step = "age" | "invite" | "account" | "nickname" | "consents";

/** The step in which an error of the server can be put right. */
const stepOfFault: Partial<Record<ErrorCode, Step>> = {
  "age.too_young": "age",
  "invite.wrong": "invite",
  "email.invalid": "account",
  "email.taken": "account",
  "password.weak": "account",
  "password.common": "account",
  "password.personal": "account",
  "nickname.invalid": "nickname",
  "nickname.taken": "nickname",
};

export type SignUpFlowProps = {
  checkNickname: CheckNickname;
  getLegal: () => Promise<Legal>;
  /** How people come in here; null while nobody knows. Asked once the age is known: before, nothing is. */
  options: AuthOptions | null;
  onAge: () => void;
  /** The code of an invitation that the address brought along. */
  invite: string;
  signUp: (input: Omit<SignUpInput, "deviceName">) => Promise<unknown>;
  /** Other ways to sign up, below the e-mail. */
  otherWays: ReactNode;
  onLeave: () => void;
};

/** Sign-up, one thing at a time. Nothing is sent before the last step but the question whether a nickname is free. */
export function SignUpFlow(props: SignUpFlowProps) {
  const { checkNickname, getLegal, options, signUp, onLeave } = props;
  const { locale } = useWords();
  const [step, setStep] = useState<Step>("age");
  const [form, setForm] = useState({ email: "", password: "", nickname: "", inviteCode: props.invite });
  const [consents, setConsents] = useState(noConsents);
  const [isBusy, setIsBusy] = useState(false);
  const [errors, setErrors] = useState<Partial<Record<Step, string>>>({});
  const [brokeInvite, setBrokeInvite] = useState(false);
  // Whoever came by an invitation's link is not asked for its code, unless it turns out to be no good.
  const asksInvite = options?.signUp === "invite" && (props.invite === "" || brokeInvite);
  const steps: readonly Step[] = ["age", ...(asksInvite ? ["invite" as const] : []), "account", "nickname", "consents"];
  // Which step is the first after the age is known with the options.
  const shown = step === "account" && asksInvite && form.inviteCode.trim() === "" ? "invite" : step;
  const at = steps.indexOf(shown);
  const isClosed = shown !== "age" && options?.signUp === "closed";
  const isWaiting = shown !== "age" && options === null;

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
        ...(form.inviteCode.trim() && { inviteCode: form.inviteCode.trim() }),
      });
    } catch (thrown) {
      const target = stepOfFault[faultOf(thrown).code] ?? "consents";
      setErrors({ [target]: describeFault(thrown, locale) });
      if (target === "invite") setBrokeInvite(true);
      setStep(target);
      setIsBusy(false);
    }
  };

  return (
    <PublicFrame onBack={() => (at === 0 ? onLeave() : setStep(steps[at - 1] ?? "age"))}>
      {!isClosed && <Progress step={at + 1} count={steps.length} />}
      {shown === "age" && (
        <AgeStep
          onConfirmed={() => {
            props.onAge();
            setStep("account");
          }}
        />
      )}
      {isClosed && <ClosedStep />}
      {!isClosed && !isWaiting && shown === "invite" && (
        <InviteStep
          initial={form.inviteCode}
          error={errors.invite ?? null}
          onChange={() => setErrors({})}
          onDone={(inviteCode) => {
            setForm({ ...form, inviteCode });
            setStep("account");
          }}
        />
      )}
      {!isClosed && !isWaiting && shown === "account" && (
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
          footer={props.otherWays}
        />
      )}
      {shown === "nickname" && (
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
      {shown === "consents" && (
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
