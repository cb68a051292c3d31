import { expect, test } from "bun:test";
import { createClient, type MaruClient } from "@maru/client";
import { renderToString } from "react-dom/server";
import {
  ClientProvider,
  useClient,
  useConnection,
  useLimits,
  useMatch,
  useObservable,
  usePresence,
  useRoom,
  useRoomList,
  useSession,
  useTyping,
} from "./index.ts";

function Reader({ read }: { read: () => void }) {
  read();
  return null;
}

/** What a hook gives on the first drawing, before anything has come from the server. */
function draw<T>(use: () => T, client: MaruClient | null = createClient({ url: "http://maru.example" })): T {
  const seen: T[] = [];
  const reader = <Reader read={() => seen.push(use())} />;
  renderToString(client ? <ClientProvider client={client}>{reader}</ClientProvider> : reader);
  if (seen.length === 0) throw new Error("Nothing was drawn.");
  return seen[0] as T;
}

test("the client is that of the nearest provider", () => {
  const client = createClient({ url: "http://maru.example" });
  expect(draw(useClient, client)).toBe(client);
});

test("a hook outside a provider says what is missing", () => {
  expect(() => draw(useSession, null)).toThrow("useClient is used outside a ClientProvider.");
});

test("each hook gives what the client holds", () => {
  const client = createClient({ url: "http://maru.example" });
  expect(draw(useSession, client)).toBe(client.session.getSnapshot());
  expect(draw(useConnection, client)).toBe(client.connection.getSnapshot());
  expect(draw(useRoomList, client)).toBe(client.rooms.list.getSnapshot());
  expect(draw(useLimits, client)).toBe(client.limits.getSnapshot());
  expect(draw(useMatch, client)).toBe(client.match.snapshot.getSnapshot());
  expect(draw(() => useTyping("room"), client)).toBe(client.rooms.whoTypes("room").getSnapshot());
});

test("before anything is known nobody is seen and a room is loading", () => {
  expect(draw(() => usePresence(undefined))).toBeNull();
  expect(draw(() => useRoom("room"))).toEqual({ state: "loading" });
});

test("an observable is read as it is at the moment of drawing", () => {
  let value = "one";
  const observable = { getSnapshot: () => value, subscribe: () => () => {} };
  expect(draw(() => useObservable(observable))).toBe("one");
  value = "two";
  expect(draw(() => useObservable(observable))).toBe("two");
});
