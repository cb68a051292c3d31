import type { MembershipId } from "@maru/protocol";
import { Avatar, IconButton, Menu, type MenuItem, Written } from "@maru/ui";
import { Link } from "@tanstack/react-router";
import { ChevronLeft, EllipsisVertical } from "lucide-react";
import type { RoomAction } from "../../../shell/frame/slots.tsx";
import { useWords } from "../i18n/words.ts";
import { readListSearch } from "../list/list-search.ts";
import { HeaderActions } from "./header-actions.tsx";
import { PresenceDot } from "./presence-dot.tsx";

export type RoomHeaderProps = {
  title: string;
  avatarSeed: string;
  /** Who it is, where one talks with one person. */
  partnerId: MembershipId | undefined;
  isEnded: boolean;
  /** Shown on a phone, where the list is another page. */
  hasBack: boolean;
  /** What stands beside the menu, the likeliest first; as many as there is space for. The menu has them all. */
  actions: readonly RoomAction[];
  items: readonly MenuItem[];
};

/** Who one is talking to, and what can be done about it. */
export function RoomHeader({ title, avatarSeed, partnerId, isEnded, hasBack, actions, items }: RoomHeaderProps) {
  const { t } = useWords();
  return (
    <header className="flex h-16 shrink-0 items-center gap-3 border-b border-line bg-surface px-3 md:px-5">
      {hasBack && (
        <Link
          to="/rooms"
          search={readListSearch}
          aria-label={t("room.back")}
          className="-mr-1 flex size-10 items-center justify-center rounded-full text-ink-muted touch-target hover:bg-hover"
        >
          <ChevronLeft size={24} aria-hidden />
        </Link>
      )}
      <PresenceDot memberId={partnerId}>
        <Avatar seed={avatarSeed} size={38} isFaded={isEnded} />
      </PresenceDot>
      <h1 className="min-w-0 flex-1 text-base font-bold tracking-tight">
        <Written className="block truncate">{title}</Written>
      </h1>
      <HeaderActions actions={actions} />
      <Menu
        trigger={<IconButton label={t("room.menu")} icon={<EllipsisVertical size={21} aria-hidden />} />}
        items={items}
      />
    </header>
  );
}
