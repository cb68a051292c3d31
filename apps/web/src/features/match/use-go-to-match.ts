import { useClient } from "@maru/react";
import { useRouter } from "@tanstack/react-router";
import { useCallback } from "react";

/** Goes where a request for a match led: to the room, if somebody was there at once, or home, where one waits. */
export function useGoToMatch(): () => Promise<void> {
  const client = useClient();
  const router = useRouter();
  return useCallback(async () => {
    const match = client.match.snapshot.getSnapshot();
    if (match.state === "matched") await router.navigate({ to: "/rooms/$roomId", params: { roomId: match.roomId } });
    else await router.navigate({ to: "/" });
  }, [client, router]);
}
