import type { AuthSession } from "@maru/protocol";
import { Button, rovingItem, useRovingFocus, Written } from "@maru/ui";
import { MonitorSmartphone } from "lucide-react";
import { useNow } from "../../shell/now.ts";
import { formatMoment } from "../../shell/time.ts";
import { useWords } from "./i18n/index.ts";
import { Row, Section } from "./section.tsx";

export type DevicesSectionProps = {
  sessions: readonly AuthSession[];
  onEnd: (session: AuthSession, name: string) => void;
};

/** Where one is signed in: this device, then the others, those used last first. */
export function DevicesSection({ sessions, onEnd }: DevicesSectionProps) {
  const { t, locale } = useWords();
  const now = useNow(60_000);
  const moment = (at: string) => formatMoment(new Date(at), now, locale);
  const others = sessions
    .filter(({ isCurrent }) => !isCurrent)
    .toSorted((a, b) => b.lastUsedAt.localeCompare(a.lastUsedAt));
  const { active, list } = useRovingFocus({ keys: others.map(({ id }) => id) });
  const describe = (session: AuthSession) => (
    <span className="flex items-center gap-3">
      <MonitorSmartphone size={20} aria-hidden className="shrink-0 text-ink-faint" />
      <span className="min-w-0">
        <Written className="block truncate">{session.deviceName || t("devices.unnamed")}</Written>
        <span className="block text-sm text-ink-muted">
          {t("devices.since", { moment: moment(session.createdAt) })}
        </span>
        {!session.isCurrent && (
          <span className="block text-sm text-ink-muted">
            {t("devices.used", { moment: moment(session.lastUsedAt) })}
          </span>
        )}
      </span>
    </span>
  );
  return (
    <>
      <Section title={t("devices.current")}>
        {sessions
          .filter(({ isCurrent }) => isCurrent)
          .map((session) => (
            <Row key={session.id} label={describe(session)} />
          ))}
      </Section>
      {others.length > 0 && (
        <Section title={t("devices.others")}>
          <div {...list} className="divide-y divide-line">
            {others.map((session) => {
              const name = session.deviceName || t("devices.unnamed");
              return (
                <Row key={session.id} label={describe(session)}>
                  <Button
                    {...rovingItem(session.id, session.id === active)}
                    variant="secondary"
                    size="sm"
                    aria-label={t("devices.endOf", { name })}
                    onClick={() => onEnd(session, name)}
                  >
                    {t("devices.end")}
                  </Button>
                </Row>
              );
            })}
          </div>
        </Section>
      )}
    </>
  );
}
