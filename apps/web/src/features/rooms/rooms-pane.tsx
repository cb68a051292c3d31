import { useClient, useRoomList } from "@maru/react";
import { buttonClass, IconButton, Menu, Tooltip } from "@maru/ui";
import { Link, useRouter } from "@tanstack/react-router";
import { EllipsisVertical, SquarePen } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useWords } from "../../shell/i18n/index.ts";
import { useOnce } from "../../shell/use-once.ts";
import { drafts } from "./app-drafts.ts";
import { RoomList } from "./room-list.tsx";
import { titleOfRoom } from "./room-names.ts";
import { useListItems } from "./use-list-items.tsx";

/** Comes with the first press on "new". */
const DirectDialog = lazy(() => import("./direct-dialog.tsx").then((module) => ({ default: module.DirectDialog })));

/** The conversations with what can be done about them: the left pane of a wide screen, a page of its own on a phone. */
export function RoomsPane() {
  const { t, locale } = useWords();
  const client = useClient();
  const list = useRoomList();
  const router = useRouter();
  const listItems = useListItems();
  const [isAsking, setIsAsking] = useState(false);
  const hasAsked = useOnce(isAsking);
  const openDirect = async (nickname: string) => {
    const room = await client.rooms.openDirect(nickname);
    await router.navigate({ to: "/rooms/$roomId", params: { roomId: room.id } });
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="flex h-16 shrink-0 items-center justify-between pr-3 pl-5">
        <h1 className="text-xl font-bold tracking-tight">{t("rooms.page")}</h1>
        <Tooltip text={t("rooms.new")} side="bottom">
          <IconButton
            label={t("rooms.new")}
            icon={<SquarePen size={21} aria-hidden />}
            onClick={() => setIsAsking(true)}
          />
        </Tooltip>
      </header>
      <RoomList
        state={list.state}
        rooms={list.rooms}
        hasMore={list.hasMore}
        onWantMore={() => void client.rooms.loadMore()}
        onRetry={() => void client.rooms.reload()}
        drafts={drafts}
        emptyAction={
          <Link to="/" className={buttonClass({ variant: "secondary" })}>
            {t("rooms.empty.action")}
          </Link>
        }
        renderMenu={(room) => (
          <Menu
            trigger={
              <IconButton
                size="sm"
                label={t("rooms.more", { name: titleOfRoom(room, locale, t("rooms.unknown")) })}
                icon={<EllipsisVertical size={18} aria-hidden />}
              />
            }
            items={listItems(room)}
          />
        )}
      />
      {hasAsked && (
        <Suspense>
          <DirectDialog isOpen={isAsking} onOpenChange={setIsAsking} open={openDirect} />
        </Suspense>
      )}
    </div>
  );
}
