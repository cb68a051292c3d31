import { findNicknameFault, normalizeName } from "@maru/protocol";
import { useClient, useRoomList } from "@maru/react";
import { Avatar, showToast } from "@maru/ui";
import { useRouter } from "@tanstack/react-router";
import { Archive, CheckCheck, MessageCircle, UserRoundSearch } from "lucide-react";
import { errorMessageOf } from "../../shell/error-messages.ts";
import type { PaletteEntry } from "../../shell/palette-entry.ts";
import { useWords } from "./i18n/words.ts";
import { useMarkAllRead } from "./list/use-mark-all-read.ts";
import { findPartner, titleOfRoom } from "./room-names.ts";

/** Rooms that stand there before anything is looked for. */
const offeredRooms = 5;

/** The conversations, their lists, and the person whose nickname the query may be. */
export function usePaletteEntries(query: string): readonly PaletteEntry[] {
  return [...useRoomEntries(), ...useActionEntries(), ...usePlaceEntries(), ...usePersonEntries(query)];
}

function useRoomEntries(): readonly PaletteEntry[] {
  const { t, locale } = useWords();
  const { rooms } = useRoomList();
  const router = useRouter();
  return rooms.map((room, at) => ({
    key: room.id,
    group: "rooms",
    label: titleOfRoom(room, locale, t("common.unknown")),
    isOffered: at < offeredRooms,
    icon: <Avatar seed={findPartner(room)?.avatarSeed ?? room.id} size={32} />,
    run: () => void router.navigate({ to: "/rooms/$roomId", params: { roomId: room.id } }),
  }));
}

function useActionEntries(): readonly PaletteEntry[] {
  const { t } = useWords();
  const markAllRead = useMarkAllRead();
  if (!markAllRead) return [];
  const icon = <CheckCheck size={20} aria-hidden />;
  return [{ key: "mark-all-read", group: "actions", label: t("rooms.markAllRead"), icon, run: markAllRead }];
}

function usePlaceEntries(): readonly PaletteEntry[] {
  const { t } = useWords();
  const router = useRouter();
  return [
    {
      key: "rooms",
      group: "places",
      label: t("rooms.page"),
      icon: <MessageCircle size={20} aria-hidden />,
      run: () => void router.navigate({ to: "/rooms" }),
    },
    {
      key: "archive",
      group: "places",
      label: t("rooms.archive.page"),
      hints: t("rooms.hints.archive"),
      icon: <Archive size={20} aria-hidden />,
      run: () => void router.navigate({ to: "/rooms", search: { archived: true } }),
    },
  ];
}

/** Somebody who is known by nickname is found by the whole of it, as everywhere. */
function usePersonEntries(query: string): readonly PaletteEntry[] {
  const { t, locale } = useWords();
  const client = useClient();
  const router = useRouter();
  const nickname = normalizeName(query);
  if (findNicknameFault(nickname) !== null) return [];
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
      label: t("rooms.talkTo", { nickname }),
      icon: <UserRoundSearch size={20} aria-hidden />,
      run: () => void open(),
    },
  ];
}
