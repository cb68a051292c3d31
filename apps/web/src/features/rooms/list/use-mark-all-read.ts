import { useClient, useRoomList } from "@maru/react";
import { showToast } from "@maru/ui";
import { useWords } from "../i18n/words.ts";
import { isUnread } from "./filter-rooms.ts";

/** Reads all that is unread in the list at once; null where opening the one that is takes no longer. */
export function useMarkAllRead(): (() => void) | null {
  const { t } = useWords();
  const client = useClient();
  const unread = useRoomList().rooms.filter(isUnread);
  if (unread.length < 2) return null;
  return () => {
    for (const { id, lastSeq } of unread) client.rooms.markRead(id, lastSeq);
    showToast(t("rooms.allRead"), "good");
  };
}
