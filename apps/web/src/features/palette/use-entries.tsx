import { normalizeName } from "@maru/protocol";
import { useClient, useMatch, useRoomList } from "@maru/react";
import { Avatar, showToast } from "@maru/ui";
import { useRouter } from "@tanstack/react-router";
import {
  Archive,
  FileUser,
  House,
  Keyboard,
  Languages,
  LogOut,
  MessageCircle,
  MonitorSmartphone,
  Palette,
  Settings,
  ShieldCheck,
  Sparkles,
  UserRoundSearch,
  UserRoundX,
  X,
} from "lucide-react";
import type { ReactNode } from "react";
import { errorMessageOf } from "../../shell/error-messages.ts";
import { useAccountWords } from "../../shell/i18n/account.ts";
import { useWords } from "../../shell/i18n/index.ts";
import { usePaletteWords } from "../../shell/i18n/palette.ts";
import { openPalette } from "../../shell/palette.ts";
import { chooseTheme } from "../../shell/theme.ts";
import { nicknameFaultKey } from "../auth/index.ts";
import { useRequestMatch } from "../match/index.ts";
import { findPartner, titleOfRoom } from "../rooms/index.ts";
import { useChooseLocale, useSignOut } from "../settings/index.ts";
import type { Entry } from "./entries.ts";

export type ShownEntry = Entry & { readonly icon: ReactNode };

/** Rooms that stand there before anything is looked for. */
const offeredRooms = 5;

/** Everything that can be gone to or done from here, and the person whose nickname the query may be. */
export function useEntries(query: string): readonly ShownEntry[] {
  return [...useRoomEntries(), ...useActionEntries(), ...usePlaceEntries(), ...usePersonEntries(query)];
}

function useRoomEntries(): ShownEntry[] {
  const { t, locale } = useWords();
  const { rooms } = useRoomList();
  const router = useRouter();
  return rooms.map((room, at) => ({
    key: room.id,
    group: "rooms",
    label: titleOfRoom(room, locale, t("rooms.unknown")),
    isOffered: at < offeredRooms,
    icon: <Avatar seed={findPartner(room)?.avatarSeed ?? room.id} size={32} />,
    run: () => void router.navigate({ to: "/rooms/$roomId", params: { roomId: room.id } }),
  }));
}

function useActionEntries(): ShownEntry[] {
  const { t } = useWords();
  const words = usePaletteWords();
  const match = useMatch();
  const { request, cancel } = useRequestMatch();
  const { signOut } = useSignOut();
  const setLocale = useChooseLocale();
  const themes = [
    ["system", t("settings.theme.system")],
    ["light", t("settings.theme.light")],
    ["dark", t("settings.theme.dark")],
  ] as const;
  const languages = [
    ["ko", t("settings.language.ko")],
    ["en", t("settings.language.en")],
  ] as const;
  const action = (key: string, label: string, hints: string, icon: ReactNode, run: () => void): ShownEntry => ({
    ...{ key, group: "actions", label, hints, icon, run },
    isOffered: ["match", "cancel", "keys"].includes(key),
  });
  return [
    match.state === "waiting"
      ? action("cancel", t("match.waiting.cancel"), words("hints.cancel"), <X size={20} aria-hidden />, cancel)
      : action("match", t("match.start"), words("hints.match"), <Sparkles size={20} aria-hidden />, request),
    ...themes.map(([theme, name]) =>
      action(
        `theme-${theme}`,
        words("actions.theme", { name }),
        words("hints.theme"),
        <Palette size={20} aria-hidden />,
        () => chooseTheme(theme),
      ),
    ),
    ...languages.map(([locale, name]) =>
      action(
        `language-${locale}`,
        words("actions.language", { name }),
        words("hints.language"),
        <Languages size={20} aria-hidden />,
        () => setLocale(locale),
      ),
    ),
    action("keys", words("actions.keys"), words("hints.keys"), <Keyboard size={20} aria-hidden />, () =>
      openPalette("keys"),
    ),
    action(
      "log-out",
      t("settings.logOut"),
      words("hints.logOut"),
      <LogOut size={20} aria-hidden />,
      () => void signOut(),
    ),
  ];
}

function usePlaceEntries(): ShownEntry[] {
  const { t } = useWords();
  const account = useAccountWords();
  const words = usePaletteWords();
  const router = useRouter();
  const places = [
    ["/", t("nav.home"), words("hints.home"), <House key="/" size={20} aria-hidden />],
    ["/rooms", t("nav.rooms"), "", <MessageCircle key="/rooms" size={20} aria-hidden />],
    ["/settings", t("settings.page"), "", <Settings key="/settings" size={20} aria-hidden />],
    [
      "/settings/security",
      account("security.page"),
      words("hints.security"),
      <ShieldCheck key="security" size={20} aria-hidden />,
    ],
    [
      "/settings/devices",
      account("devices.page"),
      words("hints.devices"),
      <MonitorSmartphone key="devices" size={20} aria-hidden />,
    ],
    ["/settings/data", account("data.page"), words("hints.data"), <FileUser key="data" size={20} aria-hidden />],
    ["/settings/leave", account("leave.page"), words("hints.leave"), <UserRoundX key="leave" size={20} aria-hidden />],
  ] as const;
  return [
    ...places.map(([to, label, hints, icon]) => ({
      ...{ key: to, group: "places" as const, label, hints, icon },
      run: () => void router.navigate({ to }),
    })),
    {
      key: "archive",
      group: "places",
      label: t("rooms.archive.page"),
      hints: words("hints.archive"),
      icon: <Archive size={20} aria-hidden />,
      run: () => void router.navigate({ to: "/rooms", search: { archived: true } }),
    },
  ];
}

/** Somebody who is known by nickname is found by the whole of it, as everywhere. */
function usePersonEntries(query: string): ShownEntry[] {
  const { locale } = useWords();
  const words = usePaletteWords();
  const client = useClient();
  const router = useRouter();
  const nickname = normalizeName(query);
  if (nicknameFaultKey(nickname) !== null) return [];
  const open = async () => {
    try {
      const { id } = await client.rooms.openDirect(nickname);
      await router.navigate({ to: "/rooms/$roomId", params: { roomId: id } });
    } catch (thrown) {
      showToast(errorMessageOf(thrown, locale), "bad");
    }
  };
  return [
    {
      key: "person",
      group: "people",
      label: words("actions.talkTo", { nickname }),
      icon: <UserRoundSearch size={20} aria-hidden />,
      run: () => void open(),
    },
  ];
}
