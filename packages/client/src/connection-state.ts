import type { CloseReaction } from "@maru/protocol";

/** Where the connection stands, as people are told. */
export type ConnectionSnapshot =
  /** Nobody is signed in; nothing is tried. */
  | { readonly state: "idle" }
  | { readonly state: "connecting" }
  | { readonly state: "online" }
  /** Tries again at a time (epoch ms). */
  | { readonly state: "reconnecting"; readonly retryAt: number }
  /** The device has no network; tries again when it is back. */
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
  | { readonly type: "retry" };

/** What follows when something happens: the whole life of a connection on one page. */
export function nextConnectionState(now: ConnectionSnapshot, event: ConnectionEvent): ConnectionSnapshot {
  switch (event.type) {
    case "signed_in":
      return now.state === "idle" || now.state === "stopped" ? { state: "connecting" } : now;
    case "signed_out":
      return { state: "idle" };
    case "authenticated":
      return now.state === "connecting" ? { state: "online" } : now;
    case "retry":
      return now.state === "reconnecting" || now.state === "offline" ? { state: "connecting" } : now;
    case "failed":
      return now.state === "connecting" ? away(event) : now;
    case "closed":
      if (now.state !== "connecting" && now.state !== "online") return now;
      if (event.reaction === "sign_in") return { state: "idle" };
      if (event.reaction === "stop") return { state: "stopped", code: event.code };
      return away(event);
    default:
      return event satisfies never;
  }
}

function away({ retryAt, hasNetwork }: { retryAt: number; hasNetwork: boolean }): ConnectionSnapshot {
  return hasNetwork ? { state: "reconnecting", retryAt } : { state: "offline" };
}
