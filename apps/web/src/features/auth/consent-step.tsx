import type { Account, EnterResult } from "@maru/client";
import { type AuthOptions, describeError, type Legal, normalizeName, type SignInStep } from "@maru/protocol";
import { Checkbox, TextField } from "@maru/ui";
import { useState } from "react";
import { catalogueErrorOf, errorMessageOf } from "../../shell/error-messages.ts";
import { isEnough, noConsents } from "./consents.ts";
import { ConsentsStep } from "./consents-step.tsx";
import { emailFaultKey, nicknameFaultKey } from "./field-rules.ts";
import { useWords } from "./i18n/index.ts";
import { NicknameField } from "./nickname-field.tsx";
import { useProviderName } from "./provider-buttons.tsx";
import { StepForm } from "./step-form.tsx";
import { textLinkClass } from "./text-link.ts";
import { type CheckNickname, isRefused, useNicknameCheck } from "./use-nickname-check.ts";

type PendingConsent = Extract<SignInStep, { next: "consent" }>;

export type ConsentStepProps = {
  step: PendingConsent;
  options: AuthOptions;
  account: Pick<Account, "consent">;
  checkNickname: CheckNickname;
  getLegal: () => Promise<Legal>;
  onStep: (step: SignInStep | EnterResult) => void;
  onOver: () => void;
  onStartOver: () => void;
};

/** A first sign-in through a provider: what to be called, and the same age and consents as everybody. */
export function ConsentStep(props: ConsentStepProps) {
  const { step, options, account, onStep, onOver } = props;
  const { t, locale } = useWords();
  const nameOf = useProviderName();
  const [at, setAt] = useState<"profile" | "consents">("profile");
  const [form, setForm] = useState({ nickname: step.nickname ?? "", email: "", inviteCode: "" });
  const [isOldEnough, setIsOldEnough] = useState(false);
  const [consents, setConsents] = useState(noConsents);
  const [isSubmitted, setIsSubmitted] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<{ code: string; text: string } | null>(null);
  const nicknameState = useNicknameCheck(form.nickname, props.checkNickname);

  const asksEmail = step.email === null;
  const asksInvite = options.signUp === "invite";
  const emailFault = asksEmail && (options.isMailOn || form.email.trim() !== "") ? emailFaultKey(form.email) : null;
  const isInviteMissing = asksInvite && form.inviteCode.trim() === "";
  const errorOf = (prefix: string) => (error?.code.startsWith(prefix) ? error.text : undefined);
  const change = (next: Partial<typeof form>) => {
    setForm({ ...form, ...next });
    setError(null);
  };
  const submit = async () => {
    if (!isOldEnough) return setError({ code: "age", text: t("consent.ageMissing") });
    if (!isEnough(consents)) return setError({ code: "consent", text: describeError("consent.required", locale) });
    setIsBusy(true);
    setError(null);
    try {
      const legal = await props.getLegal();
      const email = form.email.trim();
      const inviteCode = form.inviteCode.trim();
      onStep(
        await account.consent({
          nickname: normalizeName(form.nickname),
          isFourteenOrOver: isOldEnough,
          consents: { terms: legal.terms.version, privacy: legal.privacy.version, marketing: consents.marketing },
          locale,
          ...(asksEmail && email && { email }),
          ...(inviteCode && { inviteCode }),
        }),
      );
    } catch (thrown) {
      const { code } = catalogueErrorOf(thrown);
      if (code === "step.expired") return onOver();
      setError({ code, text: errorMessageOf(thrown, locale) });
      if (/^(nickname|email|invite)\./.test(code)) setAt("profile");
      setIsBusy(false);
    }
  };
  const startOver = (
    <button type="button" className={`${textLinkClass} self-center`} onClick={props.onStartOver}>
      {t("step.startOver")}
    </button>
  );
  if (at === "consents") {
    return (
      <ConsentsStep
        lead={
          <Checkbox
            label={t("consent.age")}
            checked={isOldEnough}
            onCheckedChange={(checked) => {
              setIsOldEnough(checked);
              setError(null);
            }}
          />
        }
        consents={consents}
        onChange={(next) => {
          setConsents(next);
          setError(null);
        }}
        submit={t("consent.submit")}
        isBusy={isBusy}
        error={error?.text ?? null}
        onDone={() => void submit()}
        onMissing={() => void submit()}
        footer={startOver}
      />
    );
  }
  const offered = options.providers.find(({ id }) => id === step.providerId);
  const provider = nameOf(offered ?? { id: step.providerId, name: step.providerId });
  return (
    <StepForm
      title={t("consent.title")}
      text={t("consent.text", { provider })}
      submit={t("common.next")}
      onSubmit={() => {
        setIsSubmitted(true);
        const isFine = nicknameFaultKey(form.nickname) === null && !isRefused(nicknameState) && !error;
        if (isFine && !emailFault && !isInviteMissing) setAt("consents");
      }}
      footer={startOver}
    >
      <NicknameField
        value={form.nickname}
        onValueChange={(nickname) => change({ nickname })}
        state={nicknameState}
        isSubmitted={isSubmitted}
        error={errorOf("nickname.") ?? null}
      />
      {asksEmail && (
        <TextField
          label={t("auth.email.label")}
          name="email"
          type="email"
          inputMode="email"
          autoComplete="email"
          autoCapitalize="none"
          spellCheck={false}
          value={form.email}
          onValueChange={(email) => change({ email })}
          hint={options.isMailOn ? t("consent.email") : t("consent.emailLater")}
          error={errorOf("email.") ?? (isSubmitted && emailFault ? t(emailFault) : undefined)}
        />
      )}
      {asksInvite && (
        <TextField
          label={t("signUp.invite.label")}
          name="invite"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={form.inviteCode}
          onValueChange={(inviteCode) => change({ inviteCode })}
          error={errorOf("invite.") ?? (isSubmitted && isInviteMissing ? t("signUp.invite.empty") : undefined)}
        />
      )}
    </StepForm>
  );
}
