import type { RoomSummary } from "@maru/protocol";
import { Actions, type ActionsPlace, type ActionsRequest, useRovingFocus } from "@maru/ui";
import { useLocation } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";
import { useWords } from "./i18n/words.ts";
import { useListItems } from "./list/use-list-items.tsx";
import { titleOfRoom } from "./room-names.ts";

/** The keyboard's way through a list of rooms, beginning at the one that is open, and what can be done with each. */
export function useRoomFocus(rooms: readonly RoomSummary[]) {
  const { t, locale } = useWords();
  const itemsOf = useListItems();
  const opened = useLocation({ select: ({ pathname }) => /^\/rooms\/(.+)/.exec(pathname)?.[1] });
  const [asked, setAsked] = useState<{ roomId: string; request: ActionsRequest } | null>(null);
  const keys = useMemo(() => rooms.map(({ id }) => id), [rooms]);
  const latest = useRef({ rooms, itemsOf });
  latest.current = { rooms, itemsOf };
  const ask = useCallback((roomId: string, place: ActionsPlace) => {
    const room = latest.current.rooms.find(({ id }) => id === roomId);
    if (room) setAsked({ roomId, request: { items: latest.current.itemsOf(room), place } });
  }, []);
  const nameOf = (roomId: string) => {
    const room = rooms.find(({ id }) => id === roomId);
    return room ? titleOfRoom(room, locale, t("common.unknown")) : "";
  };
  const { active, index, list } = useRovingFocus({
    keys,
    start: opened !== undefined && keys.includes(opened as RoomSummary["id"]) ? opened : "first",
    onActions: ask,
    labelOf: nameOf,
  });
  const actions = (
    <Actions
      request={asked?.request ?? null}
      label={t("rooms.more", { name: nameOf(asked?.roomId ?? "") })}
      onClose={() => setAsked(null)}
    />
  );
  return { active, index, ask, roving: list, actions };
}
