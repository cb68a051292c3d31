import type { RoomSummary } from "@maru/protocol";
import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { useId } from "react";
import { useNow } from "../../../shell/now.ts";
import { drafts } from "../composer/app-drafts.ts";
import { useWords } from "../i18n/words.ts";
import { useRoomFocus } from "../use-room-focus.tsx";
import { RoomRow } from "./room-row.tsx";

const shownRooms = 3;

/** The first few conversations, for a page that is about something else. Nothing where there are none. */
export function RecentRooms({ rooms }: { rooms: readonly RoomSummary[] }) {
  const { t } = useWords();
  const now = useNow(30_000);
  const id = useId();
  const shown = rooms.slice(0, shownRooms);
  const { active, ask, roving, actions } = useRoomFocus(shown);
  if (rooms.length === 0) return null;
  return (
    <section aria-labelledby={id} className="mx-auto w-full max-w-140 pb-6">
      <div className="flex items-center justify-between px-5 pb-1">
        <h2 id={id} className="text-md font-bold">
          {t("rooms.recent")}
        </h2>
        <Link
          to="/rooms"
          className="flex min-h-11 items-center gap-0.5 rounded-sm text-sm text-ink-muted hover:text-ink"
        >
          {t("rooms.all")}
          <ChevronRight size={16} aria-hidden />
        </Link>
      </div>
      <div {...roving}>
        {shown.map((room) => (
          <RoomRow
            key={room.id}
            room={room}
            now={now}
            draft={drafts.read(room.id)}
            isActive={room.id === active}
            onActions={ask}
          />
        ))}
      </div>
      {actions}
    </section>
  );
}
