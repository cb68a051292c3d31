import { useClient } from "@maru/react";
import { useRouter } from "@tanstack/react-router";
import { useCallback } from "react";

let askedCount = 0;

/** Whether somebody has just asked for a match, and waits to be led where it leads. */
export function isMatchAsked(): boolean {
  return askedCount > 0;
}

/** Asks for a match, and goes where that led: to the room, if somebody was there at once, or home, where one waits. */
export function useGoToMatch(): (ask: () => Promise<unknown>) => Promise<void> {
  const client = useClient();
  const router = useRouter();
  return useCallback(
    async (ask) => {
      askedCount++;
      try {
        await ask();
        const match = client.match.snapshot.getSnapshot();
        if (match.state === "matched")
          await router.navigate({ to: "/rooms/$roomId", params: { roomId: match.roomId } });
        else await router.navigate({ to: "/" });
      } finally {
        askedCount--;
      }
    },
    [client, router],
  );
}
