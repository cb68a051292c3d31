import type { ConnectionSnapshot, Observable, RoomListSnapshot, RoomSnapshot, SessionSnapshot } from "@maru/client";
import type { AccountLimits, MatchState, MembershipId, Presence } from "@maru/protocol";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useClient } from "./client-context.tsx";

/** A conversation whose history is there. */
export type ReadyRoom = Extract<RoomSnapshot, { state: "ready" }>;

/** The value of an observable, now and after each change. */
export function useObservable<T>(observable: Observable<T>): T {
  return useSyncExternalStore(observable.subscribe, observable.getSnapshot, observable.getSnapshot);
}

/** Whether somebody is signed in, and who. */
export function useSession(): SessionSnapshot {
  return useObservable(useClient().session);
}

export function useConnection(): ConnectionSnapshot {
  return useObservable(useClient().connection);
}

export function useRoomList(): RoomListSnapshot {
  return useObservable(useClient().rooms.list);
}

export function useMatch(): MatchState {
  return useObservable(useClient().match.snapshot);
}

/** What the account may, such as how many characters a message may have. */
export function useLimits(): AccountLimits {
  return useObservable(useClient().limits);
}

/** How a member is to be seen just now; null where nothing is told. */
export function usePresence(memberId: MembershipId | undefined): Presence | null {
  const presences = useObservable(useClient().presences);
  return (memberId && presences.get(memberId)) || null;
}

/** The members who are writing in an open room, oneself left out. */
export function useTyping(roomId: string): readonly MembershipId[] {
  const client = useClient();
  return useObservable(useMemo(() => client.rooms.whoTypes(roomId), [client, roomId]));
}

const loading: RoomSnapshot = { state: "loading" };
const nothing: Observable<RoomSnapshot> = { getSnapshot: () => loading, subscribe: () => () => {} };

/** A conversation, open as long as it is shown. */
export function useRoom(roomId: string): RoomSnapshot {
  const client = useClient();
  const [held, setHeld] = useState<{ roomId: string; room: Observable<RoomSnapshot> } | null>(null);
  useEffect(() => {
    const { room, release } = client.rooms.open(roomId);
    setHeld({ roomId, room });
    return release;
  }, [client, roomId]);
  return useObservable(held?.roomId === roomId ? held.room : nothing);
}
