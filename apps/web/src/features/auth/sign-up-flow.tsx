import type { AuthOptions, ErrorCode, Legal, SignUpInput } from "@maru/protocol";
import { describeError, normalizeName } from "@maru/protocol";
import { type ReactNode, useState } from "react";
import { catalogueErrorOf, errorMessageOf } from "../../shell/error-messages.ts";
import { PublicFrame } from "../../shell/public-frame.tsx";
import { Reconnecting } from "../../shell/reconnecting.tsx";
import { AccountStep } from "./account-step.tsx";
import { AgeStep } from "./age-step.tsx";
import { ClosedStep } from "./closed-step.tsx";
import { noConsents } from "./consents.ts";
import { ConsentsStep } from "./consents-step.tsx";
import { emailFaultKey, nicknameFaultKey, passwordFaultKey } from "./field-rules.ts";
import { useWords } from "./i18n/index.ts";
import { InviteStep } from "./invite-step.tsx";
import { NicknameStep } from "./nickname-step.tsx";
import { Progress } from "./progress.tsx";
import { type SignUpStep, signUpSteps } from "./sign-up-steps.ts";
import type { CheckNickname } from "./use-nickname-check.ts";

/** The step in which an error of the server can be put right. */
const stepOfFault: Partial<Record<ErrorCode, SignUpStep>> = {
  "age.too_young": "age",
  "invite.wrong": "invite",
  "email.invalid": "account",
  "email.taken": "account",
  "password.weak": "account",
  "password.common": "account",
  "password.personal": "account",
  "nickname.invalid": "nickname",
  "nickname.reserved": "nickname",
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
  /** The step that the address names. One that cannot be there yet shows the first that is to be done. */
  step: SignUpStep;
  /** Goes on to another step, as a new entry of the history. */
  onStep: (step: SignUpStep) => void;
  /** Goes back by one entry: to the step before, or out of the sign-up. */
  onBack: () => void;
};

/** Sign-up, one thing at a time. Nothing is sent before the last step but the question whether a nickname is free. */
export function SignUpFlow(props: SignUpFlowProps) {
  const { checkNickname, getLegal, options, signUp, onStep } = props;
  const { locale } = useWords();
  const [isOfAge, setIsOfAge] = useState(false);
  const [form, setForm] = useState({ email: "", password: "", nickname: "", inviteCode: props.invite });
  const [consents, setConsents] = useState(noConsents);
  const [isBusy, setIsBusy] = useState(false);
  const [errors, setErrors] = useState<Partial<Record<SignUpStep, string>>>({});
  const [brokeInvite, setBrokeInvite] = useState(false);
  // Whoever came by an invitation's link is not asked for its code, unless it turns out to be no good.
  const asksInvite = options?.signUp === "invite" && (props.invite === "" || brokeInvite);
  const steps = signUpSteps.filter((each) => each !== "invite" || asksInvite);
  // What a step needs is asked before it: an address opened anew, or a forward press after a reload, begins at the start.
  const isDone: Record<SignUpStep, boolean> = {
    age: isOfAge,
    invite: form.inviteCode.trim() !== "",
    account: emailFaultKey(form.email) === null && passwordFaultKey(form.password) === null,
    nickname: nicknameFaultKey(form.nickname) === null,
    consents: false,
  };
  const firstToDo = steps.findIndex((each) => !isDone[each]);
  const named = steps.indexOf(props.step);
  const at = Math.min(named < 0 ? firstToDo : named, firstToDo);
  const shown = steps[at] ?? "age";
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
        nickname: normalizeName(form.nickname),
        isFourteenOrOver: true,
        consents: { terms: legal.terms.version, privacy: legal.privacy.version, marketing: consents.marketing },
        locale,
        ...(form.inviteCode.trim() && { inviteCode: form.inviteCode.trim() }),
      });
    } catch (thrown) {
      const target = stepOfFault[catalogueErrorOf(thrown).code] ?? "consents";
      setErrors({ [target]: errorMessageOf(thrown, locale) });
      if (target === "invite") setBrokeInvite(true);
      if (target !== "consents") onStep(target);
      setIsBusy(false);
    }
  };

  return (
    <PublicFrame onBack={props.onBack}>
      {!isClosed && <Progress step={at + 1} count={steps.length} />}
      {shown === "age" && (
        <AgeStep
          onConfirmed={() => {
            props.onAge();
            setIsOfAge(true);
            onStep("account");
          }}
        />
      )}
      {isClosed && <ClosedStep />}
      {isWaiting && <Reconnecting isPatient />}
      {!isClosed && !isWaiting && shown === "invite" && (
        <InviteStep
          initial={form.inviteCode}
          error={errors.invite ?? null}
          onChange={() => setErrors({})}
          onDone={(inviteCode) => {
            setForm({ ...form, inviteCode });
            onStep("account");
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
          onDone={() => onStep("nickname")}
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
          onDone={() => onStep("consents")}
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
