import { Checkbox } from "@maru/ui";
import type { ReactNode } from "react";
import { type Consents, isEnough, summarizeConsents } from "./consents.ts";
import { useWords } from "./i18n/index.ts";
import { StepForm } from "./step-form.tsx";

export type ConsentsStepProps = {
  consents: Consents;
  onChange: (consents: Consents) => void;
  isBusy: boolean;
  error: string | null;
  /** A press without the required ones. */
  onMissing: () => void;
  onDone: () => void;
  /** What stands before them: a question that is no consent. */
  lead?: ReactNode;
  submit?: string;
  footer?: ReactNode;
};

/** Consents, each apart, none given in advance. */
export function ConsentsStep(props: ConsentsStepProps) {
  const { consents, onChange, isBusy, error, onMissing, onDone, lead, submit, footer } = props;
  const { t } = useWords();
  const summary = summarizeConsents(consents);
  const set = (name: keyof Consents) => (checked: boolean) => onChange({ ...consents, [name]: checked });
  return (
    <StepForm
      title={t("auth.signUp.consents.title")}
      submit={submit ?? t("auth.signUp.submit")}
      isBusy={isBusy}
      error={error}
      onSubmit={() => (isEnough(consents) ? onDone() : onMissing())}
      footer={footer}
    >
      {lead && <div className="px-4">{lead}</div>}
      <Checkbox
        isProminent
        label={
          <>
            {t("auth.signUp.consents.all")}
            <span className="block text-sm font-normal text-ink-muted">{t("auth.signUp.consents.allText")}</span>
          </>
        }
        checked={summary === "all"}
        indeterminate={summary === "some"}
        onCheckedChange={() => {
          const yes = summary !== "all";
          onChange({ terms: yes, privacy: yes, marketing: yes });
        }}
      />
      <div className="flex flex-col gap-1 px-4">
        <Checkbox
          label={t("auth.signUp.consents.terms")}
          checked={consents.terms}
          onCheckedChange={set("terms")}
          trailing={<ReadLink href="/terms" label={t("auth.signUp.consents.readTerms")} />}
        />
        <Checkbox
          label={t("auth.signUp.consents.privacy")}
          checked={consents.privacy}
          onCheckedChange={set("privacy")}
          trailing={<ReadLink href="/privacy" label={t("auth.signUp.consents.readPrivacy")} />}
        />
        <Checkbox
          label={t("auth.signUp.consents.marketing")}
          checked={consents.marketing}
          onCheckedChange={set("marketing")}
        />
      </div>
    </StepForm>
  );
}

function ReadLink({ href, label }: { href: string; label: string }) {
  const { t } = useWords();
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener"
      aria-label={label}
      className="rounded-sm px-2 py-1 text-sm text-ink-muted underline decoration-line-strong underline-offset-4 touch-target hover:text-ink"
    >
      {t("auth.signUp.consents.read")}
    </a>
  );
}
