import { useMatch } from "@maru/react";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

/** Goes to the room the moment waiting ends in a match, whatever page is open. A match found at start-up stays where it is. */
export function useFollowMatch(): void {
  const match = useMatch();
  const router = useRouter();
  const wasWaiting = useRef(false);
  const roomId = match.state === "matched" ? match.roomId : null;
  useEffect(() => {
    if (match.state === "waiting") wasWaiting.current = true;
    if (match.state === "idle") wasWaiting.current = false;
    if (roomId && wasWaiting.current) {
      wasWaiting.current = false;
      void router.navigate({ to: "/rooms/$roomId", params: { roomId } });
    }
  }, [match.state, roomId, router]);
}
