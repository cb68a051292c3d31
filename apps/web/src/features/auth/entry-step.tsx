import type { EnterResult, MaruClient } from "@maru/client";
import type { AuthOptions, SignInStep } from "@maru/protocol";
import { useState } from "react";
import { CodeStep } from "./code-step.tsx";
import { ConsentStep } from "./consent-step.tsx";
import { EnrollStep } from "./enroll-step.tsx";
import { useWords } from "./i18n/index.ts";
import { SecondFactorStep } from "./second-factor-step.tsx";
import { StepForm } from "./step-form.tsx";
import type { CheckNickname } from "./use-nickname-check.ts";

/** A step that is left before somebody is signed in. */
export type PendingStep = Exclude<SignInStep, { next: "none" }>;

export type EntryStepProps = {
  step: PendingStep;
  options: AuthOptions;
  client: Pick<MaruClient, "account" | "getLegal">;
  checkNickname: CheckNickname;
  deviceName: string;
  /** Another step; null when there is none, because the person came in or gave up. */
  onStep: (step: PendingStep | null) => void;
  /** The person gave the step up, to begin anew or to log in after all. */
  onGivenUp: (wish: "anew" | "log_in") => void;
};

/** Whatever is left to do before somebody is signed in. */
export function EntryStep({ step, options, client, checkNickname, deviceName, onStep, onGivenUp }: EntryStepProps) {
  const { t } = useWords();
  const [isOver, setIsOver] = useState(false);
  const { account } = client;
  const giveUp = (wish: "anew" | "log_in") => {
    onGivenUp(wish);
    // What cannot be given up now ends by itself in a few minutes.
    account.cancelStep().catch(() => undefined);
  };
  const shared = {
    account,
    onOver: () => setIsOver(true),
    onStep: (next: SignInStep | EnterResult) => onStep(next.next === "none" ? null : next),
    onStartOver: () => giveUp("anew"),
  };
  if (isOver) {
    return (
      <StepForm
        title={t("step.over.title")}
        text={t("step.over.text")}
        submit={t("step.over.again")}
        onSubmit={shared.onStartOver}
      />
    );
  }
  switch (step.next) {
    case "code":
      return <CodeStep step={step} checkNickname={checkNickname} onLogIn={() => giveUp("log_in")} {...shared} />;
    case "second_factor":
      return <SecondFactorStep methods={step.methods} {...shared} />;
    case "enroll":
      return <EnrollStep methods={step.methods} deviceName={deviceName} {...shared} />;
    case "consent":
      return (
        <ConsentStep
          step={step}
          options={options}
          checkNickname={checkNickname}
          getLegal={() => client.getLegal()}
          {...shared}
        />
      );
  }
}
