import { useClient } from "@maru/react";
import { showToast } from "@maru/ui";
import { useCallback, useState } from "react";
import { errorMessageOf } from "../../../shell/error-messages.ts";
import { useWords } from "../i18n/words.ts";
import type { RoomPlace } from "./room-place.ts";

/** A place that was jumped to; each jump is another view of the room, with a scroll of its own. */
export type RoomJump = { readonly count: number; readonly place: RoomPlace };

/** Goes to another place of a room's history. Null until somebody did. */
export function useJump(roomId: string) {
  const { rooms } = useClient();
  const { locale } = useWords();
  const [jumped, setJumped] = useState<RoomJump | null>(null);
  const jump = useCallback(
    async (place: RoomPlace) => {
      const from = place.kind === "moment" ? { from: place.at.toISOString() } : {};
      const around = place.kind === "message" ? { around: place.seq } : {};
      try {
        await rooms.jump(roomId, { ...from, ...around });
        setJumped((was) => ({ count: (was?.count ?? 0) + 1, place }));
      } catch (thrown) {
        showToast(errorMessageOf(thrown, locale), "bad");
      }
    },
    [rooms, roomId, locale],
  );
  return { jumped, jump };
}
