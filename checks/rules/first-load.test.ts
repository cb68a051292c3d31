import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { firstLoadBytes, type Manifest, measureFirstLoads } from "./first-load.ts";

const built = join(import.meta.dir, "../../apps/web/dist");

test("no page of the first minute takes more JavaScript than it may", () => {
  const manifest: Manifest = JSON.parse(readFileSync(join(built, ".vite/manifest.json"), "utf8"));
  const totals = measureFirstLoads(manifest, (file) => readFileSync(join(built, file)));
  expect([...totals].filter(([, bytes]) => bytes > firstLoadBytes)).toEqual([]);
  expect(Math.min(...totals.values())).toBeGreaterThan(100_000);
});

/** A build whose entry waits for a frame; the page of rooms imports a part of its own. */
const planted: Manifest = {
  "index.html": { file: "index.js", dynamicImports: ["app.tsx"] },
  "app.tsx": { file: "app.js", imports: ["_shared.js"] },
  "_shared.js": { file: "shared.js" },
  "_rooms.js": { file: "rooms.js", imports: ["_shared.js"] },
  "src/screens/signed-in-layout.tsx": {
    file: "signed-in-layout.js",
    imports: ["_rooms.js", "_shared.js"],
    dynamicImports: ["late.tsx"],
  },
  "late.tsx": { file: "late.js" },
  ...Object.fromEntries(
    ["landing-screen.tsx", "log-in-screen.tsx", "sign-up-screen.tsx"].map((name) => [
      `src/screens/${name}`,
      { file: `${name}.js` },
    ]),
  ),
  ...Object.fromEntries(
    ["ko", "en", "account-ko", "account-en"].map((name) => [`src/shell/i18n/${name}.ts`, { file: `${name}.js` }]),
  ),
};

/** Bytes that gzip cannot make fewer. */
const heavy = (...files: string[]) => {
  return (file: string) => (files.includes(file) ? randomBytes(10_000) : new Uint8Array());
};

test("what the entry waits for, what a page imports and its words count, each once", () => {
  const totals = measureFirstLoads(planted, heavy("app.js", "shared.js", "rooms.js", "en.js", "account-ko.js"));
  const thousands = Object.fromEntries([...totals].map(([page, bytes]) => [page, Math.floor(bytes / 10_000)]));
  expect(thousands).toEqual({
    "landing (ko)": 2,
    "log-in (ko)": 3,
    "sign-up (ko)": 3,
    "rooms (ko)": 3,
    "landing (en)": 3,
    "log-in (en)": 3,
    "sign-up (en)": 3,
    "rooms (en)": 4,
  });
});

test("what comes later does not count", () => {
  const totals = measureFirstLoads(planted, heavy("late.js"));
  expect(totals.get("rooms (ko)")).toBeLessThan(1_000);
});

test("a page that is not in the build is told by its name", () => {
  const { "src/screens/signed-in-layout.tsx": _, ...without } = planted;
  expect(() => measureFirstLoads(without, heavy())).toThrow("src/screens/signed-in-layout.tsx");
});
