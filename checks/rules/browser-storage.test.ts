import { expect, test } from "bun:test";
import { plantTree } from "../planted-tree.ts";
import { browserStorage } from "./browser-storage.ts";

async function faultsOf(text: string, file = "apps/web/src/features/rooms/a.ts"): Promise<string[]> {
  using tree = plantTree({ [file]: text });
  return (await browserStorage.run(tree)).faults.map(({ message }) => message.split(" ")[0] ?? "");
}

test.each([
  ["localStorage.getItem('a');", "localStorage"],
  ["const place = window.localStorage;", "localStorage"],
  ["globalThis.sessionStorage.clear();", "sessionStorage"],
  ["const request = indexedDB.open('a');", "indexedDB"],
  ["const channel = new BroadcastChannel('a');", "BroadcastChannel"],
  ["const may = Notification.permission;", "Notification"],
  ["await caches.open('a');", "caches"],
  ["const jar = document.cookie;", "document.cookie"],
  ["navigator.locks.request('a', work);", "navigator.locks"],
  ["const use = await navigator.storage.estimate();", "navigator.storage"],
  ["const there = navigator.onLine;", "navigator.onLine"],
])("turns red for %s", async (text, name) => {
  expect(await faultsOf(text)).toEqual([name]);
});

test.each(["packages/client/src/a.ts", "packages/react/src/a.ts", "packages/ui/src/a.tsx"])(
  "turns red in %s",
  async (file) => {
    expect(await faultsOf("localStorage.clear();", file)).toHaveLength(1);
  },
);

test.each([
  ["const a = { localStorage: 1 };", "apps/web/src/a.ts"],
  ["const channel: BroadcastChannel | null = null;", "apps/web/src/a.ts"],
  ["localStorage.clear();", "apps/web/src/shell/storage.ts"],
  ["indexedDB.open('a');", "packages/client/src/connection/browser.ts"],
  ["localStorage.clear();", "apps/web/src/a.test.ts"],
])("passes %s in %s", async (text, file) => {
  expect(await faultsOf(text, file)).toEqual([]);
});
