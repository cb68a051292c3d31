import type { AuthOptions, Security } from "@maru/protocol";
import { Button } from "@maru/ui";
import { useNow } from "../../shell/now.ts";
import { formatMoment } from "../../shell/time.ts";
import { ProviderMark, useProviderName } from "../auth/index.ts";
import { useWords } from "./i18n/index.ts";
import { Row, Section } from "./section.tsx";

export type ProvidersSectionProps = {
  offered: AuthOptions["providers"];
  connected: Security["providers"];
  onConnect: (provider: { readonly id: string; readonly name: string }) => void;
  onDisconnect: (provider: { readonly id: string; readonly name: string }) => void;
};

/** The providers one may come in through, connected or not. Nothing where there are none. */
export function ProvidersSection({ offered, connected, onConnect, onDisconnect }: ProvidersSectionProps) {
  const { t, locale } = useWords();
  const now = useNow(60_000);
  const nameOf = useProviderName();
  // One that the operator took away is still shown to whoever is connected with it.
  const gone = connected.filter(({ id }) => !offered.some((provider) => provider.id === id));
  const all = [...offered, ...gone];
  if (all.length === 0) return null;
  return (
    <Section title={t("security.providers")}>
      {all.map((provider) => {
        const { id } = provider;
        const name = nameOf(provider);
        const link = connected.find((provider) => provider.id === id);
        return (
          <Row
            key={id}
            label={
              <span className="flex items-center gap-3">
                <span className="flex size-9 shrink-0 items-center justify-center rounded-full bg-sunken">
                  <ProviderMark id={id} />
                </span>
                <span className="min-w-0">
                  <span className="block truncate">{name}</span>
                  <span className="block text-sm text-ink-muted">
                    {link
                      ? t("security.connectedAt", { moment: formatMoment(new Date(link.connectedAt), now, locale) })
                      : t("security.notConnected")}
                  </span>
                </span>
              </span>
            }
          >
            {link ? (
              <Button
                variant="secondary"
                size="sm"
                aria-label={t("security.disconnectOf", { name })}
                onClick={() => onDisconnect({ id, name })}
              >
                {t("security.disconnect")}
              </Button>
            ) : (
              <Button
                variant="secondary"
                size="sm"
                aria-label={t("security.connectOf", { name })}
                onClick={() => onConnect({ id, name })}
              >
                {t("security.connect")}
              </Button>
            )}
          </Row>
        );
      })}
    </Section>
  );
}
