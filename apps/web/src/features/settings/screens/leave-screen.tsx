import { useClient } from "@maru/react";
import { Button, buttonClass } from "@maru/ui";
import { Link, useRouter, useSearch } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { useState } from "react";
import { HallScene } from "../../../shell/brand/hall-scene.tsx";
import { PublicFrame } from "../../../shell/public-frame.tsx";
import { formatDate } from "../../../shell/time.ts";
import { usePageTitle } from "../../../shell/use-page-title.ts";
import { useWords } from "../i18n/index.ts";
import { KeepOrRemove } from "../keep-or-remove.tsx";
import type { ProofRequest } from "../proof.ts";
import { ProofDialog } from "../proof-dialog.tsx";
import { SubPage } from "../sub-page.tsx";
import { useDownload } from "../use-download.ts";
import { useLoaded } from "../use-loaded.ts";

/** The way out for good: what happens, what becomes of one's messages, and one last question. */
export function LeaveScreen() {
  const { t } = useWords();
  const { account } = useClient();
  const router = useRouter();
  usePageTitle(t("leave.page"));
  const [security] = useLoaded("security", () => account.getSecurity());
  const { download, isBusy } = useDownload();
  const [messages, setMessages] = useState<"keep" | "remove">("keep");
  const [proof, setProof] = useState<ProofRequest | null>(null);
  const ways = security.state === "ready" ? security.value : { hasPassword: true, providers: [] };
  const leave = async (password: string | undefined) => {
    const { erasedAfter } = await account.leave(messages, { password });
    await router.navigate({ to: "/goodbye", search: { until: erasedAfter }, replace: true });
  };
  return (
    <SubPage title={t("leave.title")} backTo="/settings/data">
      <ul className="flex list-disc flex-col gap-2 rounded-xl bg-surface py-4 pr-4 pl-9 text-md text-ink-muted ring-1 ring-inset ring-line">
        <li>{t("leave.point1")}</li>
        <li>{t("leave.point2")}</li>
        <li>{t("leave.point3")}</li>
      </ul>
      <KeepOrRemove value={messages} onValueChange={setMessages} />
      <div className="flex flex-col gap-2">
        <Button
          size="lg"
          isWide
          variant="secondary"
          icon={<Download size={18} aria-hidden />}
          isBusy={isBusy}
          onClick={() => void download()}
        >
          {t("leave.download")}
        </Button>
        <Button
          size="lg"
          isWide
          variant="danger"
          onClick={() =>
            setProof({
              title: t("leave.confirmTitle"),
              text: t("leave.confirmText"),
              yes: t("leave.next"),
              isDangerous: true,
              act: ({ password }) => leave(password),
            })
          }
        >
          {t("leave.next")}
        </Button>
      </div>
      <ProofDialog
        request={proof}
        onClose={() => setProof(null)}
        hasPassword={ways.hasPassword}
        providers={ways.providers}
        logInAgain={async (providerId) =>
          window.location.assign(await account.beginProvider(providerId, "/settings/leave"))
        }
      />
    </SubPage>
  );
}

/** The last page: when everything is gone. */
export function GoodbyeScreen() {
  const { t, locale } = useWords();
  const { until } = useSearch({ from: "/goodbye" });
  usePageTitle(t("leave.doneTitle"));
  const at = until === undefined ? Number.NaN : Date.parse(until);
  return (
    <PublicFrame>
      <div className="mx-auto flex w-full max-w-110 flex-1 animate-rise flex-col px-6 pt-6 pb-6 md:flex-none md:pt-[6vh]">
        <h1 className="text-2xl font-bold tracking-tight">{t("leave.doneTitle")}</h1>
        {!Number.isNaN(at) && (
          <p className="mt-2 text-md text-ink-muted">
            {t("leave.doneText", { day: formatDate(new Date(at), locale) })}
          </p>
        )}
        <HallScene seats="none" className="my-8" />
        <Link to="/" className={`mt-auto md:mt-4 ${buttonClass({ variant: "secondary", size: "lg", isWide: true })}`}>
          {t("leave.home")}
        </Link>
      </div>
    </PublicFrame>
  );
}
