import type { RoomSummary } from "@maru/protocol";
import { Avatar, Written } from "@maru/ui";
import { PresenceDot } from "../header/presence-dot.tsx";
import { useWords } from "../i18n/words.ts";
import { nameOfMember } from "../room-names.ts";

/** Who is in a room, oneself first. Whoever has left stands there as long as the room shows them. */
export function MembersDetail({ room }: { room: RoomSummary }) {
  const { t, locale } = useWords();
  const members = room.members.toSorted(
    (one, other) => Number(other.id === room.selfId) - Number(one.id === room.selfId),
  );
  return (
    <ul aria-label={t("room.members.title")} className="flex flex-col px-2 py-2">
      {members.map((member) => (
        <li key={member.id} className="flex min-h-14 items-center gap-3 px-3 py-1.5">
          <PresenceDot memberId={member.state === "left" ? undefined : member.id}>
            <Avatar seed={member.avatarSeed} size={40} isFaded={member.state === "left"} />
          </PresenceDot>
          <span className="min-w-0 flex-1">
            <Written className="block truncate text-md font-medium">
              {nameOfMember(member, locale, t("common.unknown"))}
            </Written>
            {member.id === room.selfId && <span className="block text-sm text-ink-muted">{t("room.me")}</span>}
            {member.state === "left" && <span className="block text-sm text-ink-muted">{t("room.members.left")}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
