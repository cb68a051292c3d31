import type { RoomSummary } from "@maru/protocol";
import { useWords } from "../i18n/words.ts";

/** The last thing that was said or that happened, in one line. */
export function useRoomPreview(room: RoomSummary): string {
  const { t } = useWords();
  const message = room.lastMessage;
  if (message?.kind === "text") {
    if (message.deletedAt || message.text === undefined) return t("room.deleted");
    const text = message.text.replace(/\s+/g, " ");
    return message.authorId === room.selfId ? t("rooms.mine", { text }) : text;
  }
  if (room.state === "closed") return t("rooms.ended");
  return message?.system?.event === "match.started" ? t("room.system.matched") : t("room.empty.title");
}
