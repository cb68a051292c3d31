import type { AuthSession } from "@maru/protocol";
import { Button } from "@maru/ui";
import { MonitorSmartphone } from "lucide-react";
import { useAccountWords } from "../../shell/i18n/account.ts";
import { useWords } from "../../shell/i18n/index.ts";
import { useNow } from "../../shell/now.ts";
import { formatMoment } from "../../shell/time.ts";
import { Row, Section } from "./section.tsx";

export type DevicesSectionProps = {
  sessions: readonly AuthSession[];
  onEnd: (session: AuthSession, name: string) => void;
};

/** Where one is signed in: this device first, then those used last. */
export function DevicesSection({ sessions, onEnd }: DevicesSectionProps) {
  const t = useAccountWords();
  const { t: words, locale } = useWords();
  const now = useNow(60_000);
  const moment = (at: string) => formatMoment(new Date(at), now, locale);
  const inOrder = [...sessions].sort(
    (a, b) => Number(b.isCurrent) - Number(a.isCurrent) || b.lastUsedAt.localeCompare(a.lastUsedAt),
  );
  return (
    <Section title={words("settings.devices.title")}>
      {inOrder.map((session) => {
        const name = session.deviceName || words("settings.devices.unnamed");
        return (
          <Row
            key={session.id}
            label={
              <span className="flex items-center gap-3">
                <MonitorSmartphone size={20} aria-hidden className="shrink-0 text-ink-faint" />
                <span className="min-w-0">
                  <span className="block truncate">{name}</span>
                  <span className={`block text-sm ${session.isCurrent ? "font-medium text-jade" : "text-ink-muted"}`}>
                    {session.isCurrent
                      ? words("settings.devices.current")
                      : words("settings.devices.used", { moment: moment(session.lastUsedAt) })}
                  </span>
                  <span className="block text-sm text-ink-faint">
                    {t("devices.since", { moment: moment(session.createdAt) })}
                  </span>
                </span>
              </span>
            }
          >
            {!session.isCurrent && (
              <Button
                variant="secondary"
                size="sm"
                aria-label={t("devices.endOf", { name })}
                onClick={() => onEnd(session, name)}
              >
                {t("devices.end")}
              </Button>
            )}
          </Row>
        );
      })}
    </Section>
  );
}
