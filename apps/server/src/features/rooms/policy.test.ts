import { expect, test } from "bun:test";
import type { RoomKind } from "@maru/protocol";
import { aliasGroupPolicy, matchRoomPolicy } from "../../testing/room-policies.ts";
import { canAsEqual, directPolicy, listOwnFacts, Policies, type RoomAction, roomActions } from "./policy.ts";

const policies = new Policies();
policies.register("match", matchRoomPolicy);
policies.register("group", aliasGroupPolicy);

/** Who may do what, written down by hand: `room member mayPost`, every combination of the three. */
const equals: Readonly<Record<string, readonly RoomAction[]>> = {
  "open active true": ["read", "post"],
  "open active false": ["read"],
  "open left true": [],
  "open left false": [],
  "closed active true": ["read"],
  "closed active false": ["read"],
  "closed left true": [],
  "closed left false": [],
};
const table: Record<RoomKind, typeof equals | null> = {
  direct: equals,
  match: equals,
  group: equals,
  // No feature has these yet: nobody may do anything there.
  channel: null,
  support: null,
};

test.each(Object.keys(table) as RoomKind[])("who may do what in a %s room", (kind) => {
  const told = Object.fromEntries(
    listOwnFacts(kind).map((facts) => {
      const { roomState, memberState, mayPost } = facts;
      const granted = roomActions.filter((action) => policies.can(action, facts));
      return [`${roomState} ${memberState} ${mayPost}`, granted];
    }),
  );
  expect(told).toEqual(Object.fromEntries(Object.keys(equals).map((key) => [key, [...(table[kind]?.[key] ?? [])]])));
});

test("traits of a kind come from its policy; a kind without one has none to be stored with", () => {
  expect(policies.traitsOf("direct")).toEqual({ isPair: true, showsLeftMembers: true });
  expect(policies.traitsOf("match")).toEqual({ isPair: true, showsLeftMembers: true });
  expect(policies.traitsOf("group")).toEqual({ isPair: false, showsLeftMembers: false });
  expect(() => policies.traitsOf("channel")).toThrow("no policy");
});

test("what may be read follows a policy that is registered later", () => {
  const own = new Policies();
  expect(own.readable.some((facts) => facts.startsWith("support "))).toBe(false);
  own.register("support", { ...directPolicy, can: (action, facts) => action === "read" || canAsEqual(action, facts) });
  expect(own.readable.filter((facts) => facts.startsWith("support "))).toHaveLength(8);
});

test("a policy that tells otherwise than the append who may post is refused", () => {
  expect(() => new Policies().register("support", { ...directPolicy, can: () => true })).toThrow("the append checks");
  expect(() => new Policies().register("support", { ...directPolicy, can: () => false })).toThrow("the append checks");
});
