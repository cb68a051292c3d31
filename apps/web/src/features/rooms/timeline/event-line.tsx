import { useWords } from "../i18n/words.ts";
import type { EventItem } from "./timeline-item.ts";

/** What happened in the room, in one quiet sentence. `name` is whom it is about, null for oneself. */
export function EventLine({ line, name }: { line: EventItem; name: string | null }) {
  const { t } = useWords();
  const say = () => {
    switch (line.system.event) {
      case "room.created":
        return t("room.system.created");
      case "match.started":
        return t("room.system.matched");
      case "member.joined":
        return name === null ? t("room.system.created") : t("room.system.joined", { name });
      case "member.left":
        return name === null ? t("room.system.leftSelf") : t("room.system.left", { name });
      case "room.closed":
        return t("room.system.closed");
    }
  };
  return <p className="py-3 text-center text-xs text-ink-faint">{say()}</p>;
}
