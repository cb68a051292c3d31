import type { RoomSummary } from "@maru/protocol";
import { useClient } from "@maru/react";
import { type MenuItem, showToast } from "@maru/ui";
import { Archive, ArchiveRestore, Bell, BellOff, Mail, Pin, PinOff } from "lucide-react";
import { errorMessageOf } from "../../../shell/error-messages.ts";
import { useWords } from "../i18n/words.ts";

type ListChange = Partial<Pick<RoomSummary, "pinned" | "muted" | "markedUnread" | "archived">>;

/** What can be done with a room's place in one's own list. */
export function useListItems(): (room: RoomSummary) => readonly MenuItem[] {
  const { t, locale } = useWords();
  const client = useClient();
  return (room) => {
    const update = (change: ListChange, said?: string) => async () => {
      try {
        await client.rooms.update(room.id, change);
        if (said) showToast(said, "good");
      } catch (thrown) {
        showToast(errorMessageOf(thrown, locale), "bad");
      }
    };
    return [
      room.pinned
        ? {
            key: "pin",
            label: t("rooms.unpin"),
            icon: <PinOff size={18} aria-hidden />,
            onSelect: update({ pinned: false }),
          }
        : {
            key: "pin",
            label: t("rooms.pin"),
            icon: <Pin size={18} aria-hidden />,
            onSelect: update({ pinned: true }),
          },
      room.muted
        ? {
            key: "mute",
            label: t("rooms.unmute"),
            icon: <Bell size={18} aria-hidden />,
            onSelect: update({ muted: false }),
          }
        : {
            key: "mute",
            label: t("rooms.mute"),
            icon: <BellOff size={18} aria-hidden />,
            onSelect: update({ muted: true }),
          },
      ...(room.markedUnread
        ? []
        : [
            {
              key: "unread",
              label: t("rooms.markUnread"),
              icon: <Mail size={18} aria-hidden />,
              onSelect: update({ markedUnread: true }),
            },
          ]),
      room.archived
        ? {
            key: "archive",
            label: t("rooms.fromArchive"),
            icon: <ArchiveRestore size={18} aria-hidden />,
            onSelect: update({ archived: false }, t("rooms.unarchivedNow")),
          }
        : {
            key: "archive",
            label: t("rooms.toArchive"),
            icon: <Archive size={18} aria-hidden />,
            onSelect: update({ archived: true }, t("rooms.archivedNow")),
          },
    ];
  };
}
