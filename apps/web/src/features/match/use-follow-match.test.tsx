import { expect, test } from "bun:test";
import type { MaruClient } from "@maru/client";
import type { MatchState, RoomId } from "@maru/protocol";
import type { ReactNode } from "react";
import { newClient, renderAt } from "../../fixtures/client.fixture.tsx";
import { act, screen, userEvent } from "../../fixtures/dom.fixture.ts";

const { ToastProvider } = await import("@maru/ui");
const { createRootRoute, createRoute, Outlet } = await import("@tanstack/react-router");
const { useOccupation } = await import("../../shell/occupation.ts");
const { words } = await import("./i18n/words.ts");
const { useFollowMatch } = await import("./use-follow-match.ts");
await words.load();

const waiting: MatchState = { state: "waiting", requestedAt: "2026-11-29T00:00:00.000Z" };
const matched: MatchState = { state: "matched", roomId: "room_1" as RoomId, matchedAt: "2026-11-29T00:00:05.000Z" };

/** A client whose match is what the test says. */
function clientWith(state: MatchState) {
  const listeners = new Set<() => void>();
  let now = state;
  const snapshot = {
    getSnapshot: () => now,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const set = (next: MatchState) =>
    act(async () => {
      now = next;
      for (const listener of listeners) listener();
    });
  const client = Object.create(newClient(), { match: { value: { snapshot } } }) as MaruClient;
  return { client, set };
}

function Page() {
  useFollowMatch();
  return (
    <ToastProvider label="알림">
      <Outlet />
    </ToastProvider>
  );
}

function Busy() {
  useOccupation(true);
  return null;
}

async function start(home: () => ReactNode) {
  const root = createRootRoute({ component: Page });
  const under = { getParentRoute: () => root };
  const routes = root.addChildren([
    createRoute({ ...under, path: "/", component: home }),
    createRoute({ ...under, path: "/rooms/$roomId", component: () => <p>방</p> }),
  ]);
  const { client, set } = clientWith(waiting);
  const { router } = await renderAt(routes, "/", client);
  return { set, at: () => router.state.location.pathname };
}

const go = () => screen.findByRole("button", { name: "가기" });
const offered = () => screen.queryByRole("button", { name: "가기" });
const field = () => <textarea aria-label="글" />;
const box = () => screen.getByRole("textbox");

test("a match is followed at once where nothing is being done, an empty field in focus included", async () => {
  const { set, at } = await start(field);
  await userEvent.click(box());
  await set(matched);
  expect(at()).toBe("/rooms/room_1");
});

const occupied: readonly (readonly [string, () => ReactNode, () => Promise<unknown>])[] = [
  ["while somebody writes", field, () => userEvent.type(box(), "안녕")],
  ["under a dialog", () => <div role="dialog">무엇이든</div>, async () => {}],
  ["in what must not be left, as a call", () => <Busy />, async () => {}],
];

test.each(occupied)("%s the page stays, and the way there is offered until it is taken", async (_, home, begin) => {
  const { set, at } = await start(home);
  await begin();
  await set(matched);
  const button = await go();
  expect(at()).toBe("/");
  await userEvent.click(button);
  expect(at()).toBe("/rooms/room_1");
});

test("a dialog on its way out holds nobody", async () => {
  const { set, at } = await start(() => <div role="dialog" data-closed="" />);
  await set(matched);
  expect(at()).toBe("/rooms/room_1");
});

test("what was offered is withdrawn when the match is over", async () => {
  const { set, at } = await start(() => <Busy />);
  await set(matched);
  const button = await go();
  await set({ state: "idle", reason: "none" });
  // It may still be on its way out.
  expect(offered() === null || button.closest("[data-ending-style]") !== null).toBe(true);
  expect(at()).toBe("/");
});
