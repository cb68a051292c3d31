import { useClient } from "@maru/react";
import { showToast } from "@maru/ui";
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { isOccupied } from "../../shell/occupation.ts";
import { words } from "./i18n/words.ts";
import { isMatchAsked } from "./use-go-to-match.ts";

const found = {
  text: words.text("match.found.text"),
  go: words.text("match.found.go"),
  close: words.text("match.found.close"),
};

/**
 * Goes to the room the moment a wait ends in a match, whatever page is open; whoever is in the middle of something is offered the
 * way there instead. A match found at start-up stays where it is. Hears every change, not every drawing: where both come at once,
 * waiting and match are drawn as one.
 */
export function useFollowMatch(): void {
  const client = useClient();
  const router = useRouter();
  useEffect(() => {
    const { snapshot } = client.match;
    let wasWaiting = snapshot.getSnapshot().state === "waiting";
    let offered: { readonly roomId: string; readonly end: AbortController } | null = null;
    const withdraw = () => {
      offered?.end.abort();
      offered = null;
    };
    const go = (roomId: string) => void router.navigate({ to: "/rooms/$roomId", params: { roomId } });
    const offer = (roomId: string) => {
      const end = new AbortController();
      offered = { roomId, end };
      const action = { label: found.go(), closeLabel: found.close(), onPress: () => go(roomId) };
      showToast(found.text(), "plain", { action, signal: end.signal });
    };
    const stopHearing = snapshot.subscribe(() => {
      const match = snapshot.getSnapshot();
      withdraw();
      if (match.state === "matched" && wasWaiting) {
        if (isOccupied() && !isMatchAsked()) offer(match.roomId);
        else go(match.roomId);
      }
      wasWaiting = match.state === "waiting";
    });
    const stopWatching = router.subscribe("onResolved", ({ toLocation }) => {
      if (toLocation.pathname === `/rooms/${offered?.roomId}`) withdraw();
    });
    return () => {
      stopHearing();
      stopWatching();
      withdraw();
    };
  }, [client, router]);
}
