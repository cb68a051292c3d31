import { useRoomList } from "@maru/react";
import { Badge } from "@maru/ui";
import { Link } from "@tanstack/react-router";
import { Archive } from "lucide-react";
import { useWords } from "../i18n/words.ts";

/**
 * Shows above the list that something was said where it cannot be seen: in what was put aside. Leads there, and is gone once
 * all of it is read or back in the list.
 */
export function ArchiveNews() {
  const { t } = useWords();
  const { unreadCount } = useRoomList().archivedNews;
  if (unreadCount === 0) return null;
  return (
    <div className="px-2 pt-1">
      <Link
        to="/rooms"
        search={{ archived: true }}
        className="flex min-h-14 items-center gap-3 rounded-lg px-3 py-2 no-underline transition-colors -outline-offset-2 hover:bg-hover"
      >
        <span className="flex size-12 shrink-0 items-center justify-center rounded-full bg-hover text-ink-muted">
          <Archive size={20} aria-hidden />
        </span>
        <span className="min-w-0 flex-1 text-sm font-semibold">{t("rooms.archive.news")}</span>
        <Badge count={unreadCount} label={t("rooms.unread", { count: unreadCount })} isQuiet />
      </Link>
    </div>
  );
}
