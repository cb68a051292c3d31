import { Link } from "@tanstack/react-router";
import { FileUser, MonitorSmartphone, ShieldCheck, UserRound } from "lucide-react";
import { useWords } from "./i18n/index.ts";

/** The pages of the settings, beside each of them. */
export function SettingsList() {
  const { t } = useWords();
  const pages = [
    { to: "/settings", label: t("settings.own"), Icon: UserRound },
    { to: "/settings/security", label: t("security.page"), Icon: ShieldCheck },
    { to: "/settings/devices", label: t("devices.page"), Icon: MonitorSmartphone },
    { to: "/settings/data", label: t("data.page"), Icon: FileUser },
  ] as const;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <h1 className="flex h-16 shrink-0 items-center px-5 text-xl font-bold tracking-tight">{t("settings.page")}</h1>
      <nav aria-label={t("settings.page")} className="flex min-h-0 flex-1 flex-col gap-1 overflow-y-auto px-2">
        {pages.map(({ to, label, Icon }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: to === "/settings", includeSearch: false }}
            className="flex min-h-12 items-center gap-3 rounded-lg px-3 text-md font-medium no-underline transition-colors -outline-offset-2 hover:bg-hover aria-[current=page]:bg-jade-soft"
          >
            <Icon size={20} aria-hidden className="shrink-0 text-ink-muted" />
            {label}
          </Link>
        ))}
      </nav>
    </div>
  );
}
