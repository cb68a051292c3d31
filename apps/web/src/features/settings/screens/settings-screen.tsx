import { useClient, useSession } from "@maru/react";
import { FileUser, Keyboard, LogOut, MonitorSmartphone, MonitorX, ShieldCheck } from "lucide-react";
import { useCallback, useState } from "react";
import { AskDialog } from "../../../shell/ask-dialog.tsx";
import { useLayout } from "../../../shell/frame/layout.ts";
import { openPalette } from "../../../shell/palette.ts";
import type { Question } from "../../../shell/question.ts";
import { usePageTitle } from "../../../shell/use-page-title.ts";
import { AccountSection } from "../account-section.tsx";
import { BlocksSection } from "../blocks-section.tsx";
import { useWords } from "../i18n/index.ts";
import { LinkRow } from "../link-row.tsx";
import { LookSection } from "../look-section.tsx";
import { ActionRow, Section } from "../section.tsx";
import { useChooseLocale } from "../use-choose-locale.ts";
import { useSignOut } from "../use-sign-out.ts";

/** One's own account, how things look, who is blocked, and the way out. */
export function SettingsScreen() {
  const { t } = useWords();
  const client = useClient();
  const session = useSession();
  const { signOut, signOutEverywhere } = useSignOut();
  const chooseLocale = useChooseLocale();
  const [question, setQuestion] = useState<Question | null>(null);
  const { paneCount } = useLayout();
  usePageTitle(t("settings.page"));
  const checkNickname = useCallback((nickname: string) => client.checkNickname(nickname), [client]);
  if (session.state !== "signed_in") return null;
  return (
    <div className="flex-1 overflow-y-auto">
      <div className="mx-auto flex w-full max-w-160 flex-col gap-7 px-4 pt-5 pb-12 md:px-6 md:pt-10">
        <h1 className="px-1 text-xl font-bold tracking-tight">
          {t(paneCount === 1 ? "settings.page" : "settings.own")}
        </h1>
        <AccountSection
          account={session.account}
          checkNickname={checkNickname}
          saveNickname={(nickname) => client.updateMe({ nickname })}
        />
        {/* Elsewhere the list beside the page leads there. */}
        {paneCount === 1 && (
          <Section title={t("settings.access")}>
            <LinkRow to="/settings/security" icon={<ShieldCheck size={20} aria-hidden className="text-ink-faint" />}>
              {t("security.page")}
            </LinkRow>
            <LinkRow
              to="/settings/devices"
              icon={<MonitorSmartphone size={20} aria-hidden className="text-ink-faint" />}
            >
              {t("devices.page")}
            </LinkRow>
            <LinkRow to="/settings/data" icon={<FileUser size={20} aria-hidden className="text-ink-faint" />}>
              {t("data.page")}
            </LinkRow>
          </Section>
        )}
        <LookSection onLocale={chooseLocale} />
        <BlocksSection listBlocks={() => client.listBlocks()} removeBlock={(blockId) => client.removeBlock(blockId)} />
        <Section title={t("settings.about")}>
          <a
            href="/terms"
            className="flex min-h-14 items-center px-4 text-md no-underline -outline-offset-2 hover:bg-hover"
          >
            {t("legal.terms")}
          </a>
          <a
            href="/privacy"
            className="flex min-h-14 items-center px-4 text-md no-underline -outline-offset-2 hover:bg-hover"
          >
            {t("legal.privacy")}
          </a>
          <ActionRow
            icon={<Keyboard size={19} aria-hidden />}
            label={t("settings.keys")}
            onPress={() => openPalette("keys")}
          />
        </Section>
        <div className="overflow-hidden rounded-xl bg-surface ring-1 ring-inset ring-line">
          <ActionRow
            icon={<LogOut size={19} aria-hidden />}
            label={t("settings.logOut")}
            onPress={() => void signOut()}
          />
          <ActionRow
            icon={<MonitorX size={19} aria-hidden />}
            label={t("settings.logOutAll.action")}
            isDangerous
            onPress={() =>
              setQuestion({
                title: t("settings.logOutAll.title"),
                text: t("settings.logOutAll.text"),
                yes: t("settings.logOut"),
                isDangerous: true,
                act: signOutEverywhere,
              })
            }
          />
        </div>
      </div>
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </div>
  );
}
