import type { RoomSummary } from "@maru/protocol";
import { useClient, useConnection, useRoomList } from "@maru/react";
import { useCallback, useEffect, useRef, useState } from "react";

type Held = {
  readonly state: "loading" | "ready" | "failed";
  readonly rooms: readonly RoomSummary[];
  readonly nextCursor: string | undefined;
};

/** The archived conversations, read anew whenever one comes to the list or leaves it. */
export function useArchived() {
  const { rooms } = useClient();
  const list = useRoomList();
  const isOnline = useConnection().state === "online";
  const [held, setHeld] = useState<Held>({ state: "loading", rooms: [], nextCursor: undefined });
  const turn = useRef(0);
  const read = useCallback(
    async (cursor?: string) => {
      const own = ++turn.current;
      try {
        const page = await rooms.listArchived(cursor);
        if (own !== turn.current) return;
        setHeld((was) => ({
          state: "ready",
          rooms: cursor ? [...was.rooms, ...page.rooms] : page.rooms,
          nextCursor: page.nextCursor,
        }));
      } catch {
        if (own === turn.current) setHeld((was) => ({ ...was, state: "failed" }));
      }
    },
    [rooms],
  );
  const listed = list.rooms
    .map((room) => room.id)
    .sort()
    .join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what left the list or came back to it changes the archive
  useEffect(() => {
    if (isOnline) void read();
  }, [read, listed, isOnline]);
  const { state, nextCursor } = held;
  return {
    state,
    rooms: held.rooms,
    hasMore: nextCursor !== undefined,
    loadMore: () => void (nextCursor !== undefined && read(nextCursor)),
    reload: () => void read(),
  };
}
