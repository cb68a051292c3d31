import { useClient, useRoomList } from "@maru/react";
import { buttonClass, EmptyState, IconButton, Tooltip } from "@maru/ui";
import { Link, useLocation, useRouter } from "@tanstack/react-router";
import { Archive, CheckCheck, ChevronLeft, Search, SquarePen } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { HallScene } from "../../../shell/brand/hall-scene.tsx";
import { useLayout } from "../../../shell/frame/layout.ts";
import { openPalette } from "../../../shell/palette.ts";
import { useOnce } from "../../../shell/use-once.ts";
import { drafts } from "../composer/app-drafts.ts";
import { useWords } from "../i18n/words.ts";
import { ArchiveNews } from "./archive-news.tsx";
import { FilterChips } from "./filter-chips.tsx";
import { RoomList } from "./room-list.tsx";
import { useArchived } from "./use-archived.ts";
import { useFilteredRooms } from "./use-filter.ts";

const iconLink =
  "flex size-10 items-center justify-center rounded-full text-ink-muted transition-colors touch-target hover:bg-hover hover:text-ink";

/** Comes with the first press on "new". */
const DirectDialog = lazy(() => import("./direct-dialog.tsx").then((module) => ({ default: module.DirectDialog })));

/** The conversations with what can be done about them: the left pane of a wide screen, a page of its own on a phone. */
export function RoomsPane() {
  const isArchive = useLocation({ select: ({ search }) => "archived" in search && search.archived === true });
  return <div className="flex min-h-0 flex-1 flex-col">{isArchive ? <ArchivedRooms /> : <ListedRooms />}</div>;
}

function ListedRooms() {
  const { t } = useWords();
  const client = useClient();
  const list = useRoomList();
  const { filter, rooms } = useFilteredRooms();
  const router = useRouter();
  const { paneCount } = useLayout();
  const [isAsking, setIsAsking] = useState(false);
  const hasAsked = useOnce(isAsking);
  const openDirect = async (nickname: string) => {
    const room = await client.rooms.openDirect(nickname);
    await router.navigate({ to: "/rooms/$roomId", params: { roomId: room.id } });
  };
  return (
    <>
      <header className="flex h-16 shrink-0 items-center gap-1 pr-3 pl-5">
        <h1 className="flex-1 text-xl font-bold tracking-tight">{t("rooms.page")}</h1>
        <Tooltip text={t("rooms.find")} side="bottom">
          <IconButton
            label={t("rooms.find")}
            icon={<Search size={20} aria-hidden />}
            onClick={() => openPalette("find")}
          />
        </Tooltip>
        <Tooltip text={t("rooms.archive.page")} side="bottom">
          <Link to="/rooms" search={{ archived: true }} aria-label={t("rooms.archive.page")} className={iconLink}>
            <Archive size={20} aria-hidden />
          </Link>
        </Tooltip>
        <Tooltip text={t("rooms.new")} side="bottom">
          <IconButton
            label={t("rooms.new")}
            icon={<SquarePen size={21} aria-hidden />}
            onClick={() => setIsAsking(true)}
          />
        </Tooltip>
      </header>
      {(list.rooms.length > 0 || filter !== undefined) && <FilterChips filter={filter} />}
      {filter === undefined && <ArchiveNews />}
      <RoomList
        key={filter ?? "all"}
        state={list.state}
        rooms={rooms}
        hasMore={list.hasMore}
        onWantMore={() => void client.rooms.loadMore()}
        onRetry={() => void client.rooms.reload()}
        drafts={drafts}
        empty={
          filter !== undefined ? (
            <NothingLeft filter={filter} />
          ) : (
            <EmptyState
              picture={paneCount === 1 && <HallScene seats="none" className="max-w-60" />}
              title={t("rooms.empty.title")}
              text={t("rooms.empty.text")}
              action={
                <Link to="/" className={buttonClass({ variant: "secondary" })}>
                  {t("rooms.empty.action")}
                </Link>
              }
            />
          )
        }
      />
      {hasAsked && (
        <Suspense>
          <DirectDialog isOpen={isAsking} onOpenChange={setIsAsking} open={openDirect} />
        </Suspense>
      )}
    </>
  );
}

/** A filter that holds nothing back any more, and the way out of it. */
function NothingLeft({ filter }: { filter: string }) {
  const { t } = useWords();
  const isUnread = filter === "unread";
  return (
    <EmptyState
      picture={isUnread && <CheckCheck size={36} strokeWidth={1.5} aria-hidden />}
      title={isUnread ? t("rooms.filter.emptyUnread.title") : t("rooms.filter.empty.title")}
      text={isUnread ? t("rooms.filter.emptyUnread.text") : t("rooms.filter.empty.text")}
      action={
        <Link to="." search={({ filter: _, ...was }) => was as never} className={buttonClass({ variant: "secondary" })}>
          {t("rooms.filter.showAll")}
        </Link>
      }
    />
  );
}

/** What was put aside: still there, still alive, out of the way. */
function ArchivedRooms() {
  const { t } = useWords();
  const archived = useArchived();
  return (
    <>
      <header className="flex h-16 shrink-0 items-center gap-1 px-3">
        <Link to="/rooms" aria-label={t("rooms.archive.back")} className={iconLink}>
          <ChevronLeft size={24} aria-hidden />
        </Link>
        <h1 className="text-lg font-bold tracking-tight">{t("rooms.archive.page")}</h1>
      </header>
      <RoomList
        isArchive
        state={archived.state}
        rooms={archived.rooms}
        hasMore={archived.hasMore}
        onWantMore={archived.loadMore}
        onRetry={archived.reload}
        drafts={drafts}
        empty={
          <EmptyState
            picture={<Archive size={36} strokeWidth={1.5} aria-hidden />}
            title={t("rooms.archive.empty.title")}
            text={t("rooms.archive.empty.text")}
          />
        }
      />
    </>
  );
}
