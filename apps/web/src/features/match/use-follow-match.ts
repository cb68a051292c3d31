import { useClient } from "@maru/react";
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

/**
 * Goes to the room the moment a wait ends in a match, whatever page is open. A match found at start-up stays where it
 * is. Hears every change, not every drawing: where both come at once, waiting and match are drawn as one.
 */
export function useFollowMatch(): void {
  const client = useClient();
  const router = useRouter();
  useEffect(() => {
    const { snapshot } = client.match;
    let wasWaiting = snapshot.getSnapshot().state === "waiting";
    return snapshot.subscribe(() => {
      const match = snapshot.getSnapshot();
      if (match.state === "matched" && wasWaiting) {
        void router.navigate({ to: "/rooms/$roomId", params: { roomId: match.roomId } });
      }
      wasWaiting = match.state === "waiting";
    });
  }, [client, router]);
}
