import { expect, test } from "bun:test";
import type { RoomAction } from "../../../shell/frame/slots.tsx";
import { arrangeActions } from "./arrange-actions.ts";

function action(key: string, rank: number): RoomAction {
  return { key, rank, label: key, icon: null, onSelect: () => {} };
}

test("two stand beside the menu, the lowest ranks first, and none is lost", () => {
  const { all, beside } = arrangeActions([action("c", 30), action("a", 10), action("d", 40), action("b", 20)]);
  expect(beside.map(({ key }) => key)).toEqual(["a", "b"]);
  expect(all.map(({ key }) => key)).toEqual(["a", "b", "c", "d"]);
});

test("a room to which nobody adds anything has none", () => {
  expect(arrangeActions([])).toEqual({ all: [], beside: [] });
});
