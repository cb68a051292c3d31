import type { Account } from "@maru/client";
import type { RecoveryCodes, SecondFactorMethod, TotpSetUp } from "@maru/protocol";
import { Spinner } from "@maru/ui";
import { ChevronRight, KeyRound, Smartphone } from "lucide-react";
import { type ReactNode, useState } from "react";
import { catalogueErrorOf, errorMessageOf } from "../../shell/error-messages.ts";
import { navigationHold } from "../../shell/hold-navigation.ts";
import { CodeField, codeLength } from "./code-field.tsx";
import { useWords } from "./i18n/index.ts";
import { hasPasskeys, makePasskey } from "./passkeys.ts";
import { RecoveryCodesCard } from "./recovery-codes-card.tsx";
import { StepForm } from "./step-form.tsx";
import { textLinkClass } from "./text-link.ts";
import { TotpCard } from "./totp-card.tsx";

export type EnrollStepProps = {
  methods: readonly SecondFactorMethod[];
  account: Pick<Account, "beginRequiredTotp" | "finishRequiredTotp" | "beginRequiredPasskey" | "finishRequiredPasskey">;
  /** How a new passkey is named. */
  deviceName: string;
  onOver: () => void;
  onStartOver: () => void;
};

/** An operator's first second factor. Whoever finishes is signed in, and sees the recovery codes before going on. */
export function EnrollStep({ methods, account, deviceName, onOver, onStartOver }: EnrollStepProps) {
  const { t, locale } = useWords();
  const [setUp, setSetUp] = useState<TotpSetUp | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [busyWith, setBusyWith] = useState<SecondFactorMethod | null>(null);
  const [error, setError] = useState<string | null>(null);

  /** Holds the navigation meanwhile: signed in, they would be taken inside past their codes. */
  const finish = async (work: () => Promise<RecoveryCodes | null>) => {
    navigationHold.set(true);
    try {
      const done = await work();
      if (done && done.recoveryCodes.length > 0) return setCodes(done.recoveryCodes);
    } catch (thrown) {
      navigationHold.set(false);
      if (catalogueErrorOf(thrown).code === "step.expired") return onOver();
      setError(errorMessageOf(thrown, locale));
      return;
    }
    navigationHold.set(false);
  };
  const choose = async (method: SecondFactorMethod) => {
    setBusyWith(method);
    setError(null);
    try {
      if (method === "totp") setSetUp(await account.beginRequiredTotp());
      else {
        const options = await account.beginRequiredPasskey();
        const passkey = await makePasskey(options).catch(() => null);
        if (passkey) await finish(() => account.finishRequiredPasskey({ ...passkey }, deviceName));
        else setError(t("secondFactor.passkeyFailed"));
      }
    } catch (thrown) {
      if (catalogueErrorOf(thrown).code === "step.expired") return onOver();
      setError(errorMessageOf(thrown, locale));
    }
    setBusyWith(null);
  };

  if (codes) {
    return (
      <StepForm
        key="codes"
        title={t("recovery.title")}
        text={t("recovery.text")}
        submit={t("recovery.done")}
        onSubmit={() => navigationHold.set(false)}
      >
        <RecoveryCodesCard codes={codes} />
      </StepForm>
    );
  }
  if (setUp) {
    return (
      <TotpStep
        setUp={setUp}
        error={error}
        onCode={(code) => {
          setError(null);
          return finish(() => account.finishRequiredTotp(code));
        }}
        onBack={methods.length > 1 ? () => setSetUp(null) : null}
      />
    );
  }
  return (
    <StepForm
      key="choice"
      title={t("enroll.title")}
      text={t("enroll.text")}
      error={error}
      footer={
        <button type="button" className={`${textLinkClass} self-center`} onClick={onStartOver}>
          {t("step.startOver")}
        </button>
      }
    >
      {methods.includes("passkey") && hasPasskeys() && (
        <Choice
          icon={<KeyRound size={22} aria-hidden />}
          title={t("enroll.passkey")}
          text={t("enroll.passkeyText")}
          isBusy={busyWith === "passkey"}
          onPress={() => void choose("passkey")}
        />
      )}
      <Choice
        icon={<Smartphone size={22} aria-hidden />}
        title={t("enroll.totp")}
        text={t("enroll.totpText")}
        isBusy={busyWith === "totp"}
        onPress={() => void choose("totp")}
      />
    </StepForm>
  );
}

function TotpStep(props: {
  setUp: TotpSetUp;
  error: string | null;
  onCode: (code: string) => Promise<void>;
  onBack: (() => void) | null;
}) {
  const { t } = useWords();
  const [code, setCode] = useState("");
  const [isShort, setIsShort] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const submit = async () => {
    if (code.length < codeLength) return setIsShort(true);
    setIsBusy(true);
    await props.onCode(code);
    setIsBusy(false);
  };
  return (
    <StepForm
      key="totp"
      title={t("totp.title")}
      submit={t("totp.confirm")}
      isBusy={isBusy}
      error={props.error}
      onSubmit={() => void submit()}
      footer={
        props.onBack && (
          <button type="button" className={`${textLinkClass} self-center`} onClick={props.onBack}>
            {t("enroll.later")}
          </button>
        )
      }
    >
      <TotpCard setUp={props.setUp} />
      <CodeField
        isQuiet
        label={t("totp.code")}
        value={code}
        onValueChange={(digits) => {
          setCode(digits);
          setIsShort(false);
        }}
        error={isShort ? t("code.short") : undefined}
      />
    </StepForm>
  );
}

function Choice(props: { icon: ReactNode; title: string; text: string; isBusy: boolean; onPress: () => void }) {
  return (
    <button
      type="button"
      aria-busy={props.isBusy || undefined}
      onClick={() => !props.isBusy && props.onPress()}
      className="flex min-h-20 items-center gap-4 rounded-xl bg-surface px-5 py-4 text-left ring-1 ring-inset ring-line transition-colors hover:bg-hover"
    >
      <span className="flex size-11 shrink-0 items-center justify-center rounded-md bg-wood-soft text-wood-ink">
        {props.icon}
      </span>
      <span className="min-w-0 flex-1">
        <span className="block text-base font-semibold">{props.title}</span>
        <span className="block text-sm text-ink-muted">{props.text}</span>
      </span>
      {props.isBusy ? <Spinner size={20} /> : <ChevronRight size={20} aria-hidden className="text-ink-faint" />}
    </button>
  );
}
