import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createSourceTree } from "../source-tree.ts";
import {
  findCircles,
  findHeavyPages,
  firstLoad,
  firstLoadBytes,
  type Manifest,
  measureFirstLoads,
} from "./first-load.ts";

test("no page of the first minute takes more JavaScript than it may", async () => {
  const { faults, read } = await firstLoad.run(createSourceTree(join(import.meta.dir, "../.."), []));
  expect(faults).toEqual([]);
  // It has weighed something: React alone is more than half of the budget.
  const sizes = [...read.matchAll(/(\d+\.\d) kB/g)].map(([, size]) => Number(size));
  expect(sizes).toHaveLength(8);
  expect(Math.min(...sizes)).toBeGreaterThan(100);
});

/** A build whose entry waits for a frame; the page of rooms imports a part of its own. */
const planted: Manifest = {
  "index.html": { file: "index.js", dynamicImports: ["app.tsx"] },
  "app.tsx": { file: "app.js", imports: ["_shared.js"] },
  "_shared.js": { file: "shared.js" },
  "_rooms.js": { file: "rooms.js", imports: ["_shared.js"] },
  "src/app/signed-in-layout.tsx": {
    file: "signed-in-layout.js",
    imports: ["_rooms.js", "_shared.js"],
    dynamicImports: ["late.tsx"],
  },
  "late.tsx": { file: "late.js" },
  ...Object.fromEntries(
    [
      "app/landing/landing-screen.tsx",
      "features/auth/screens/log-in-screen.tsx",
      "features/auth/screens/sign-up-screen.tsx",
      "features/match/signed-in.tsx",
      "features/palette/signed-in.tsx",
      "features/rooms/signed-in.tsx",
      "features/settings/signed-in.ts",
    ].map((name) => [`src/${name}`, { file: `${name}.js` }]),
  ),
  ...Object.fromEntries(
    ["ko", "en"].flatMap((locale) => [
      [`src/shell/i18n/${locale}.ts`, { file: `${locale}.js` }],
      [`src/app/landing/i18n/${locale}.ts`, { file: `landing-${locale}.js` }],
      [`src/features/rooms/i18n/landing-${locale}.ts`, { file: `rooms-landing-${locale}.js` }],
      [`src/features/auth/i18n/entry-${locale}.ts`, { file: `auth-${locale}.js` }],
      [`src/features/rooms/i18n/${locale}.ts`, { file: `rooms-${locale}.js` }],
    ]),
  ),
};

/** Bytes that gzip cannot make fewer. */
const heavy = (...files: string[]) => {
  return (file: string) => (files.includes(file) ? randomBytes(10_000) : new Uint8Array());
};

test("what the entry waits for, what a page imports and its words count, each once", () => {
  const totals = measureFirstLoads(
    planted,
    heavy("app.js", "shared.js", "rooms.js", "en.js", "auth-ko.js", "rooms-en.js"),
  );
  const thousands = Object.fromEntries([...totals].map(([page, bytes]) => [page, Math.floor(bytes / 10_000)]));
  expect(thousands).toEqual({
    "landing (ko)": 2,
    "log-in (ko)": 3,
    "sign-up (ko)": 3,
    "rooms (ko)": 3,
    "landing (en)": 3,
    "log-in (en)": 3,
    "sign-up (en)": 3,
    "rooms (en)": 5,
  });
});

test("what comes later does not count", () => {
  const totals = measureFirstLoads(planted, heavy("late.js"));
  expect(totals.get("rooms (ko)")).toBeLessThan(1_000);
});

test("a page that has grown beyond its budget turns red, and is told with what it takes", () => {
  const bytes = firstLoadBytes + 1;
  const totals = measureFirstLoads(planted, (file) => (file === "rooms.js" ? randomBytes(bytes) : new Uint8Array()));
  expect(findHeavyPages(totals).map(({ message }) => message.split(" ").slice(0, 4).join(" "))).toEqual([
    "rooms (ko) takes 180.3",
    "rooms (en) takes 180.3",
  ]);
  expect(findHeavyPages(measureFirstLoads(planted, heavy("rooms.js")))).toEqual([]);
});

test("parts of the build that need each other turn red", () => {
  expect(findCircles(planted)).toEqual([]);
  const circular = { ...planted, "_shared.js": { file: "shared.js", imports: ["_rooms.js"] } };
  expect(findCircles(circular).map(({ message }) => message.split(" ")[0])).toEqual(["_shared.js", "_rooms.js"]);
});

test("what another feature brings into the house counts without being named", () => {
  const another = {
    ...planted,
    "src/features/notes/signed-in.tsx": { file: "notes.js" },
    "src/features/notes/i18n/ko.ts": { file: "notes-ko.js" },
    "src/features/notes/i18n/pages-ko.ts": { file: "notes-pages-ko.js" },
  };
  const totals = measureFirstLoads(another, heavy("notes.js", "notes-ko.js", "notes-pages-ko.js"));
  expect([totals.get("rooms (ko)"), totals.get("rooms (en)")].map((bytes = 0) => Math.floor(bytes / 10_000))).toEqual([
    2, 1,
  ]);
});

test("a page that is not in the build is told by its name", () => {
  const { "src/app/signed-in-layout.tsx": _, ...without } = planted;
  expect(() => measureFirstLoads(without, heavy())).toThrow("src/app/signed-in-layout.tsx");
});
