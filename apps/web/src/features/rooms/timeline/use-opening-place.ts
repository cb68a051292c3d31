import type { Message } from "@maru/protocol";
import { useEffect, useState } from "react";
import { keptPlaces } from "./kept-places.ts";
import type { RoomPlace } from "./room-place.ts";

export type OpeningInput = {
  readonly roomId: string;
  /** Read cursor at opening, where something was unread. */
  readonly newAfterSeq: number | null;
  readonly messages: readonly Message[];
  readonly hasOlder: boolean;
  readonly isOnline: boolean;
  readonly jump: (place: RoomPlace) => Promise<void>;
};

/**
 * Where a room begins when it is opened: where it was left, else at the first unread message, else at its end (null). True
 * in `isOpening` while that part of the history is fetched: the newest page is what a room loads by itself.
 */
export function useOpeningPlace({ roomId, newAfterSeq, messages, hasOlder, isOnline, jump }: OpeningInput): {
  readonly opening: RoomPlace | null;
  readonly isOpening: boolean;
} {
  const [opening] = useState(() => keptPlaces.find(roomId));
  const seq = opening?.seq ?? (newAfterSeq === null ? null : newAfterSeq + 1);
  const [isOpening, setIsOpening] = useState(
    () => isOnline && seq !== null && hasOlder && (messages[0]?.seq ?? Number.POSITIVE_INFINITY) > seq,
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the room is opened
  useEffect(() => {
    if (isOpening && seq !== null) void jump(opening ?? { kind: "message", seq }).finally(() => setIsOpening(false));
  }, []);
  return { opening, isOpening };
}
