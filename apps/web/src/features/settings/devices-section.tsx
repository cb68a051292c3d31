import type { AuthSession } from "@maru/protocol";
import { MonitorSmartphone } from "lucide-react";
import { useWords } from "../../shell/i18n/index.ts";
import { useNow } from "../../shell/now.ts";
import { formatMoment } from "../../shell/time.ts";
import { LoadedRows } from "./loaded-rows.tsx";
import { Row, Section } from "./section.tsx";
import { useLoaded } from "./use-loaded.ts";

/** Where one is signed in. */
export function DevicesSection({ listSessions }: { listSessions: () => Promise<readonly AuthSession[]> }) {
  const { t, locale } = useWords();
  const now = useNow(60_000);
  const [sessions, reload] = useLoaded(listSessions);
  return (
    <Section title={t("settings.devices.title")}>
      <LoadedRows loaded={sessions} onRetry={reload}>
        {(list) =>
          list.map((session) => (
            <Row
              key={session.id}
              label={
                <span className="flex items-center gap-3">
                  <MonitorSmartphone size={20} aria-hidden className="shrink-0 text-ink-faint" />
                  <span className="min-w-0">
                    <span className="block truncate">{session.deviceName || t("settings.devices.unnamed")}</span>
                    <span className={`block text-sm ${session.isCurrent ? "font-medium text-jade" : "text-ink-muted"}`}>
                      {session.isCurrent
                        ? t("settings.devices.current")
                        : t("settings.devices.used", {
                            moment: formatMoment(new Date(session.lastUsedAt), now, locale),
                          })}
                    </span>
                  </span>
                </span>
              }
            />
          ))
        }
      </LoadedRows>
    </Section>
  );
}
