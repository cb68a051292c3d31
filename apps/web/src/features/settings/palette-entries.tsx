import { useRouter } from "@tanstack/react-router";
import {
  FileUser,
  Languages,
  LogOut,
  MonitorSmartphone,
  Palette,
  Settings,
  ShieldCheck,
  UserRoundX,
} from "lucide-react";
import type { PaletteEntry } from "../../shell/palette-entry.ts";
import { chooseTheme } from "../../shell/theme.ts";
import { useWords } from "./i18n/index.ts";
import { useChooseLocale } from "./use-choose-locale.ts";
import { useSignOut } from "./use-sign-out.ts";

/** How things look, the language, the way out, and each page of the settings. */
export function usePaletteEntries(): readonly PaletteEntry[] {
  return [...useActionEntries(), ...usePlaceEntries()];
}

function useActionEntries(): readonly PaletteEntry[] {
  const { t } = useWords();
  const { signOut } = useSignOut();
  const chooseLocale = useChooseLocale();
  const themes = [
    ["system", t("settings.theme.system")],
    ["light", t("settings.theme.light")],
    ["dark", t("settings.theme.dark")],
  ] as const;
  const languages = [
    ["ko", t("language.ko")],
    ["en", t("language.en")],
  ] as const;
  return [
    ...themes.map(
      ([theme, name]): PaletteEntry => ({
        key: `theme-${theme}`,
        group: "actions",
        label: t("settings.chooseTheme", { name }),
        hints: t("settings.hints.theme"),
        icon: <Palette size={20} aria-hidden />,
        run: () => chooseTheme(theme),
      }),
    ),
    ...languages.map(
      ([locale, name]): PaletteEntry => ({
        key: `language-${locale}`,
        group: "actions",
        label: t("settings.chooseLanguage", { name }),
        hints: t("settings.hints.language"),
        icon: <Languages size={20} aria-hidden />,
        run: () => chooseLocale(locale),
      }),
    ),
    {
      key: "log-out",
      group: "actions",
      label: t("settings.logOut"),
      hints: t("settings.hints.logOut"),
      icon: <LogOut size={20} aria-hidden />,
      run: () => void signOut(),
    },
  ];
}

function usePlaceEntries(): readonly PaletteEntry[] {
  const { t } = useWords();
  const router = useRouter();
  const pages = [
    { to: "/settings", label: t("settings.page"), Icon: Settings },
    { to: "/settings/security", label: t("security.page"), hints: t("settings.hints.security"), Icon: ShieldCheck },
    { to: "/settings/devices", label: t("devices.page"), hints: t("settings.hints.devices"), Icon: MonitorSmartphone },
    { to: "/settings/data", label: t("data.page"), hints: t("settings.hints.data"), Icon: FileUser },
    { to: "/settings/leave", label: t("leave.page"), hints: t("settings.hints.leave"), Icon: UserRoundX },
  ] as const;
  return pages.map(({ Icon, to, ...page }) => ({
    ...page,
    key: to,
    group: "places",
    icon: <Icon size={20} aria-hidden />,
    run: () => void router.navigate({ to }),
  }));
}
