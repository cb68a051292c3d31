import type { CloseReaction } from "@maru/protocol";

/** The state of the connection, as people see it. */
export type ConnectionSnapshot =
  /** Nobody is signed in; nothing is tried. */
  | { readonly state: "idle" }
  | { readonly state: "connecting" }
  | { readonly state: "online" }
  /** Tries again at a time (epoch ms). */
  | { readonly state: "reconnecting"; readonly retryAt: number }
  /** The device says that it has no network; tries again when it is back, and now and then all the same. */
  | { readonly state: "offline" }
  /** The server said not to come back. */
  | { readonly state: "stopped"; readonly code: number };

export type ConnectionEvent =
  | { readonly type: "signed_in" }
  | { readonly type: "signed_out" }
  | { readonly type: "authenticated" }
  | { readonly type: "failed"; readonly retryAt: number; readonly hasNetwork: boolean }
  | {
      readonly type: "closed";
      readonly reaction: CloseReaction;
      readonly code: number;
      readonly retryAt: number;
      readonly hasNetwork: boolean;
    }
  /** The device says that its network is gone. */
  | { readonly type: "network_lost" }
  | { readonly type: "retry"; readonly hasNetwork: boolean };

/** What follows when something happens: the whole life of a connection on one page. */
export function nextConnectionState(now: ConnectionSnapshot, event: ConnectionEvent): ConnectionSnapshot {
  switch (event.type) {
    case "signed_in":
      return now.state === "idle" || now.state === "stopped" ? { state: "connecting" } : now;
    case "signed_out":
      return { state: "idle" };
    case "authenticated":
      // A device may say that it is offline when it is not.
      return now.state === "connecting" || now.state === "offline" ? { state: "online" } : now;
    case "network_lost":
      return now.state === "idle" || now.state === "stopped" || now.state === "offline" ? now : { state: "offline" };
    case "retry":
      // What is tried without a network is not spoken of.
      if (now.state === "offline") return event.hasNetwork ? { state: "connecting" } : now;
      return now.state === "reconnecting" ? { state: "connecting" } : now;
    case "failed":
      return now.state === "connecting" || now.state === "offline" ? away(now, event) : now;
    case "closed":
      if (now.state !== "connecting" && now.state !== "online" && now.state !== "offline") return now;
      if (event.reaction === "sign_in") return { state: "idle" };
      if (event.reaction === "stop") return { state: "stopped", code: event.code };
      return away(now, event);
    default:
      return event satisfies never;
  }
}

function away(
  now: ConnectionSnapshot,
  { retryAt, hasNetwork }: { readonly retryAt: number; readonly hasNetwork: boolean },
): ConnectionSnapshot {
  if (hasNetwork) return { state: "reconnecting", retryAt };
  return now.state === "offline" ? now : { state: "offline" };
}
