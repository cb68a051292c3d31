import { useClient, useConnection, useRoomList } from "@maru/react";
import { useCallback, useEffect, useRef, useState } from "react";

type Read = {
  readonly state: "loading" | "ready" | "failed";
  readonly nextCursor: string | undefined;
};

/** The archived conversations: read a page at a time, and from then on as the client hears of them. */
export function useArchived() {
  const { rooms } = useClient();
  const { archivedRooms } = useRoomList();
  const isOnline = useConnection().state === "online";
  const [{ state, nextCursor }, setRead] = useState<Read>({ state: "loading", nextCursor: undefined });
  const turn = useRef(0);
  const read = useCallback(
    async (cursor?: string) => {
      const own = ++turn.current;
      try {
        const page = await rooms.listArchived(cursor);
        if (own === turn.current) setRead({ state: "ready", nextCursor: page.nextCursor });
      } catch {
        if (own === turn.current) setRead((was) => ({ ...was, state: "failed" }));
      }
    },
    [rooms],
  );
  useEffect(() => {
    if (isOnline) void read();
  }, [read, isOnline]);
  return {
    state,
    rooms: archivedRooms,
    hasMore: nextCursor !== undefined,
    loadMore: () => void (nextCursor !== undefined && read(nextCursor)),
    reload: () => void read(),
  };
}
