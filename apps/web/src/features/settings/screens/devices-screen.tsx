import type { AuthSession } from "@maru/protocol";
import { useClient } from "@maru/react";
import { MonitorX } from "lucide-react";
import { useState } from "react";
import { AskDialog } from "../../../shell/ask-dialog.tsx";
import type { Question } from "../../../shell/question.ts";
import { usePageTitle } from "../../../shell/use-page-title.ts";
import { DevicesSection } from "../devices-section.tsx";
import { useWords } from "../i18n/index.ts";
import { LoadedRows } from "../loaded-rows.tsx";
import { ActionRow, Section } from "../section.tsx";
import { SubPage } from "../sub-page.tsx";
import { useChange } from "../use-change.ts";
import { useLoaded } from "../use-loaded.ts";

/** Where one is signed in, and how to end that from afar. */
export function DevicesScreen() {
  const { t } = useWords();
  const client = useClient();
  const [question, setQuestion] = useState<Question | null>(null);
  usePageTitle(t("devices.page"));
  const [loaded, reload] = useLoaded("devices", () => client.listSessions());
  const { run } = useChange({
    act: (sessions: readonly AuthSession[]) => Promise.all(sessions.map(({ id }) => client.endSession(id))),
    said: () => t("devices.ended"),
    reload,
  });
  const end = (sessions: readonly AuthSession[]) => () => run(sessions);
  const others = loaded.state === "ready" ? loaded.value.filter(({ isCurrent }) => !isCurrent) : [];
  return (
    <SubPage title={t("devices.page")}>
      {loaded.state === "ready" ? (
        <DevicesSection
          sessions={loaded.value}
          onEnd={(session, name) =>
            setQuestion({
              title: t("devices.endTitle", { name }),
              text: t("devices.endText"),
              yes: t("devices.end"),
              isDangerous: true,
              act: end([session]),
            })
          }
        />
      ) : (
        <Section title={t("devices.current")}>
          <LoadedRows loaded={loaded} onRetry={reload}>
            {() => null}
          </LoadedRows>
        </Section>
      )}
      {others.length > 0 && (
        <div className="overflow-hidden rounded-xl bg-surface ring-1 ring-inset ring-line">
          <ActionRow
            icon={<MonitorX size={19} aria-hidden />}
            label={t("devices.endOthers")}
            isDangerous
            onPress={() =>
              setQuestion({
                title: t("devices.endOthersTitle"),
                text: t("devices.endOthersText"),
                yes: t("devices.end"),
                isDangerous: true,
                act: end(others),
              })
            }
          />
        </div>
      )}
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </SubPage>
  );
}
