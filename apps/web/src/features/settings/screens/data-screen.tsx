import type { Consents } from "@maru/protocol";
import { useClient } from "@maru/react";
import { Button } from "@maru/ui";
import { formatDate } from "../../../shell/time.ts";
import { usePageTitle } from "../../../shell/use-page-title.ts";
import { useWords } from "../i18n/index.ts";
import { LinkRow } from "../link-row.tsx";
import { LoadedRows } from "../loaded-rows.tsx";
import { Labelled } from "../second-factor-section.tsx";
import { Row, Section } from "../section.tsx";
import { SubPage } from "../sub-page.tsx";
import { useChange } from "../use-change.ts";
import { useDownload } from "../use-download.ts";
import { useLoaded } from "../use-loaded.ts";

const requiredKinds = ["age", "terms", "privacy"] as const;

type Consent = Consents["consents"][number];

/** What is held on oneself: to be taken along, and what one agreed to. */
export function DataScreen() {
  const { t, locale } = useWords();
  const { account } = useClient();
  usePageTitle(t("data.page"));
  const [loaded, reload] = useLoaded("consents", () => account.getConsents());
  const { download, isBusy } = useDownload();
  const marketingChange = useChange({
    act: (isGiven: boolean) => account.setMarketing(isGiven),
    said: (isGiven) => (isGiven ? t("data.marketingGiven") : t("data.marketingWithdrawn")),
    reload,
  });
  const day = (at: string) => formatDate(new Date(at), locale);
  const describe = ({ givenAt, withdrawnAt }: Consent) =>
    withdrawnAt ? t("data.withdrawn", { day: day(withdrawnAt) }) : t("data.given", { day: day(givenAt) });
  const nameKeys = { age: "data.age", terms: "data.terms", privacy: "data.privacy" } as const;
  return (
    <SubPage title={t("data.page")}>
      <Section title={t("data.download")}>
        <Row label={<span className="text-ink-muted">{t("data.downloadText")}</span>}>
          <Button variant="secondary" size="sm" isBusy={isBusy} onClick={() => void download()}>
            {t("data.downloadAction")}
          </Button>
        </Row>
      </Section>
      <div className="flex flex-col gap-2">
        <Section title={t("data.consents")}>
          <LoadedRows loaded={loaded} onRetry={reload}>
            {({ consents }) => {
              const marketing = consents.filter(({ kind }) => kind === "marketing");
              const inForce = marketing.find(({ withdrawnAt }) => withdrawnAt === null);
              const newest = inForce ?? marketing.toSorted((a, b) => b.givenAt.localeCompare(a.givenAt))[0];
              return (
                <>
                  {requiredKinds.flatMap((kind) =>
                    consents
                      .filter((consent) => consent.kind === kind)
                      .map((consent) => (
                        <Row
                          key={`${kind} ${consent.givenAt}`}
                          label={<Labelled label={t(nameKeys[kind])} text={describe(consent)} />}
                        />
                      )),
                  )}
                  <Row
                    label={
                      <Labelled
                        label={t("data.marketing")}
                        text={newest ? describe(newest) : t("data.marketingNone")}
                      />
                    }
                  >
                    <Button
                      variant="secondary"
                      size="sm"
                      isBusy={marketingChange.isBusy}
                      onClick={() => void marketingChange.run(inForce === undefined)}
                    >
                      {inForce ? t("data.marketingWithdraw") : t("data.marketingGive")}
                    </Button>
                  </Row>
                </>
              );
            }}
          </LoadedRows>
        </Section>
        <p className="px-1 text-sm text-ink-faint">{t("data.requiredText")}</p>
      </div>
      <div className="overflow-hidden rounded-xl bg-surface ring-1 ring-inset ring-line">
        <LinkRow to="/settings/leave">
          <span className="text-danger">{t("data.leave")}</span>
        </LinkRow>
      </div>
    </SubPage>
  );
}
