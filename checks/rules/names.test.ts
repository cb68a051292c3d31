import { expect, test } from "bun:test";
import { plantTree } from "../planted-tree.ts";
import { names } from "./names.ts";

async function faultsOf(file: string, text = ""): Promise<string[]> {
  using tree = plantTree({ [file]: text });
  return (await names.run(tree)).faults.map(({ message }) => message);
}

test.each(["apps/server/src/readCursors.ts", "apps/web/src/Rooms/list.tsx", "docs/my_page.md"])(
  "turns red for %s",
  async (file) => {
    expect(await faultsOf(file)).toEqual([expect.stringContaining("is not kebab-case")]);
  },
);

test.each([
  "packages/ui/src/utils.ts",
  "apps/server/src/string-helpers.test.ts",
  "packages/client/src/common/a.ts",
  "apps/server/src/room-info.ts",
])("turns red for %s", async (file) => {
  expect(await faultsOf(file)).toEqual([expect.stringContaining("says nothing")]);
});

test.each([
  "export class RoomManager {}",
  "export type UserInfo = {};",
  "export const stringUtils = {};",
  "export function loadV2() {}",
])("turns red for %s", async (text) => {
  expect(await faultsOf("packages/ui/src/a.ts", text)).toEqual([expect.stringContaining("ends in a word")]);
});

test.each([
  "apps/server/src/data-folder.ts",
  "apps/server/src/features/rooms/migrations/001-rooms.sql",
  "packages/client/README.md",
  "e2e/a.e2e.test.ts",
])("is content with %s", async (file) => {
  expect(await faultsOf(file, "export const informed = 1;")).toEqual([]);
});
