import type { RoomKind } from "@maru/protocol";
import type { OwnFacts } from "./policy.ts";

/** The columns that rights in a room follow from. */
export type RawFacts = {
  kind: RoomKind;
  room_state: "open" | "closed";
  member_state: "active" | "left";
  may_post: boolean;
};

export function readOwnFacts(raw: RawFacts): OwnFacts {
  return {
    of: "own",
    kind: raw.kind,
    roomState: raw.room_state,
    memberState: raw.member_state,
    mayPost: raw.may_post,
  };
}
