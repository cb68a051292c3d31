import { expect, test } from "bun:test";
import { createDrafts, type DraftStorage } from "./drafts.ts";

function newStorage(limit = Number.POSITIVE_INFINITY): DraftStorage & { readonly entries: Map<string, string> } {
  const entries = new Map<string, string>();
  return {
    entries,
    get length() {
      return entries.size;
    },
    key: (at) => [...entries.keys()][at] ?? null,
    getItem: (key) => entries.get(key) ?? null,
    setItem(key, value) {
      if (value.length > limit) throw new Error("QuotaExceededError");
      entries.set(key, value);
    },
    removeItem: (key) => void entries.delete(key),
  };
}

test("each room keeps its own draft over a reload", () => {
  const storage = newStorage();
  const drafts = createDrafts(storage);
  drafts.write("a", "안녕하세요");
  drafts.write("b", "two\nlines");
  const afterReload = createDrafts(storage);
  expect(afterReload.read("a")).toBe("안녕하세요");
  expect(afterReload.read("b")).toBe("two\nlines");
  expect(afterReload.read("c")).toBe("");
});

test("an emptied draft leaves nothing behind", () => {
  const storage = newStorage();
  const drafts = createDrafts(storage);
  drafts.write("a", "x");
  drafts.write("a", "  \n");
  expect(storage.entries.size).toBe(0);
  expect(drafts.read("a")).toBe("");
});

test("a full or missing storage keeps the draft for as long as the tab lives", () => {
  for (const storage of [newStorage(3), null]) {
    const drafts = createDrafts(storage);
    drafts.write("a", "longer than three");
    expect(drafts.read("a")).toBe("longer than three");
  }
});

test("clearing forgets drafts and nothing else", () => {
  const storage = newStorage();
  storage.setItem("maru.theme", "dark");
  const drafts = createDrafts(storage);
  drafts.write("a", "x");
  drafts.write("b", "y");
  drafts.clear();
  expect([...storage.entries.keys()]).toEqual(["maru.theme"]);
  expect(drafts.read("a")).toBe("");
});
