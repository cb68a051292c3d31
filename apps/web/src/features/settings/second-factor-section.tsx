import type { Passkey, Security } from "@maru/protocol";
import { Button, Written } from "@maru/ui";
import { useNow } from "../../shell/now.ts";
import { formatMoment } from "../../shell/time.ts";
import { hasPasskeys } from "../auth/index.ts";
import { useWords } from "./i18n/index.ts";
import { Row, Section } from "./section.tsx";

export type SecondFactorSectionProps = {
  security: Security;
  onSetUpTotp: () => void;
  onRemoveTotp: () => void;
  onAddPasskey: () => void;
  onRemovePasskey: (passkey: Passkey) => void;
  onRenewCodes: () => void;
};

/** What is asked for besides the password. */
export function SecondFactorSection({ security, ...on }: SecondFactorSectionProps) {
  const { t, locale } = useWords();
  const now = useNow(60_000);
  const moment = (at: string) => formatMoment(new Date(at), now, locale);
  const canAdd = security.canUsePasskeys && hasPasskeys();
  const hasAny = security.hasTotp || security.passkeys.length > 0;
  return (
    <div className="flex flex-col gap-2">
      <Section title={t("security.second")}>
        <Row
          label={<Labelled label={t("security.totp")} text={security.hasTotp ? t("security.on") : t("security.off")} />}
        >
          {security.hasTotp ? (
            <Button variant="secondary" size="sm" onClick={on.onRemoveTotp}>
              {t("security.turnOff")}
            </Button>
          ) : (
            <Button variant="secondary" size="sm" onClick={on.onSetUpTotp}>
              {t("security.turnOn")}
            </Button>
          )}
        </Row>
        <Row
          label={
            <Labelled
              label={t("security.passkeys")}
              text={
                !security.canUsePasskeys
                  ? t("security.passkeysUnable")
                  : security.passkeys.length === 0
                    ? t("security.passkeysNone")
                    : null
              }
            />
          }
        >
          {canAdd && (
            <Button variant="secondary" size="sm" onClick={on.onAddPasskey}>
              {t("security.addPasskey")}
            </Button>
          )}
        </Row>
        {security.passkeys.map((passkey) => (
          <Row
            key={passkey.id}
            label={
              <span className="flex flex-col pl-4">
                <Written className="truncate">{passkey.name || t("security.unnamed")}</Written>
                <span className="text-sm text-ink-muted">
                  {passkey.lastUsedAt
                    ? t("security.used", { moment: moment(passkey.lastUsedAt) })
                    : t("security.made", { moment: moment(passkey.createdAt) })}
                </span>
              </span>
            }
          >
            <Button
              variant="secondary"
              size="sm"
              aria-label={t("security.removeOf", { name: passkey.name || t("security.unnamed") })}
              onClick={() => on.onRemovePasskey(passkey)}
            >
              {t("security.remove")}
            </Button>
          </Row>
        ))}
        {hasAny && (
          <Row
            label={
              <Labelled
                label={t("security.codes")}
                text={t("security.codesLeft", { count: security.recoveryCodeCount })}
              />
            }
          >
            <Button variant="secondary" size="sm" onClick={on.onRenewCodes}>
              {t("security.renew")}
            </Button>
          </Row>
        )}
      </Section>
      <p className="px-1 text-sm text-ink-faint">
        {security.isSecondFactorRequired ? t("security.required") : t("security.secondText")}
      </p>
    </div>
  );
}

/** A setting's name with how it stands. */
export function Labelled({ label, text }: { label: string; text: string | null }) {
  return (
    <span className="flex flex-col">
      <span>{label}</span>
      {text && <span className="text-sm text-ink-muted">{text}</span>}
    </span>
  );
}
