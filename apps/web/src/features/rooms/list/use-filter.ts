import { useClient, useRoomList } from "@maru/react";
import { useLocation } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";
import { useRoomKinds } from "../../../shell/frame/slots.tsx";
import { filterRooms } from "./filter-rooms.ts";

/** Rooms that fill the tallest pane, and pages that are fetched for them at most. */
const wantedRooms = 12;
const mostPages = 20;

/** The conversations that the address asks for. A filter that nobody has registered shows all. */
export function useFilteredRooms() {
  const client = useClient();
  const kinds = useRoomKinds();
  const { rooms, hasMore } = useRoomList();
  const asked = useLocation({ select: ({ search }) => ("filter" in search ? search.filter : undefined) });
  const openId = useLocation({ select: ({ pathname }) => /^\/rooms\/(.+)/.exec(pathname)?.[1] });
  const filter = asked === "unread" || kinds.some(({ kind }) => kind === asked) ? asked : undefined;
  const shown = useMemo(() => filterRooms(rooms, filter, openId), [rooms, filter, openId]);
  const pages = useRef({ filter, count: 0 });
  if (pages.current.filter !== filter) pages.current = { filter, count: 0 };
  const isShort = filter !== undefined && hasMore && shown.length < wantedRooms;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each page that came may call for the next
  useEffect(() => {
    if (!isShort || pages.current.count >= mostPages) return;
    pages.current.count++;
    client.rooms.loadMore().catch(() => {});
  }, [client, isShort, rooms.length]);
  return { filter, rooms: shown };
}
