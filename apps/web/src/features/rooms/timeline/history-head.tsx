import type { RoomSummary } from "@maru/protocol";
import { EmptyState, Spinner } from "@maru/ui";
import { useWords } from "../i18n/words.ts";
import { findPartner } from "../room-names.ts";
import { MetCard } from "./met-card.tsx";

export type HistoryHeadProps = { room: RoomSummary; title: string; hasOlder: boolean; isEmpty: boolean };

/** Stands before the oldest loaded line: that more is coming, how it began, or that it has not begun. */
export function HistoryHead({ room, title, hasOlder, isEmpty }: HistoryHeadProps) {
  const { t } = useWords();
  const partner = findPartner(room);
  const self = room.members.find((member) => member.id === room.selfId);
  if (hasOlder) {
    return (
      <div role="status" aria-label={t("room.olderLoading")} className="flex justify-center py-5 text-ink-faint">
        <Spinner />
      </div>
    );
  }
  if (room.kind === "match" && partner && self) {
    return <MetCard name={title} partnerSeed={partner.avatarSeed} selfSeed={self.avatarSeed} />;
  }
  return isEmpty ? <EmptyState title={t("room.empty.title")} text={t("room.empty.text")} /> : null;
}
