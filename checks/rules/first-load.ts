import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Check, counted, type Fault } from "../fault.ts";

const built = "apps/web/dist";
const manifestPath = ".vite/manifest.json";

/** The part of Vite's manifest that says which file needs which others. */
export type Manifest = Readonly<
  Record<
    string,
    { readonly file: string; readonly imports?: readonly string[]; readonly dynamicImports?: readonly string[] }
  >
>;

/** JavaScript that a page may take before it shows what it is for, in bytes after gzip. */
export const firstLoadBytes = 180_000;

/** Words that every page says. */
const everywhere = "src/shell/i18n/{locale}.ts";

/**
 * What each page takes beside what every page takes, and which words. A `*` stands for each feature that has such a part: what
 * it brings into the house comes with the frame of whoever is signed in, and whatever is called `ko.ts` with it.
 */
const pages: Readonly<Record<string, readonly string[]>> = {
  landing: [
    "src/app/landing/landing-screen.tsx",
    "src/app/landing/i18n/{locale}.ts",
    "src/features/*/i18n/landing-{locale}.ts",
  ],
  "log-in": ["src/features/auth/screens/log-in-screen.tsx", "src/features/auth/i18n/entry-{locale}.ts"],
  "sign-up": ["src/features/auth/screens/sign-up-screen.tsx", "src/features/auth/i18n/entry-{locale}.ts"],
  rooms: ["src/app/signed-in-layout.tsx", "src/features/*/signed-in.ts", "src/features/*/i18n/{locale}.ts"],
};

/** Bounds what the pages of the first minute take, by what was built last, and refuses parts that need each other. */
export const firstLoad: Check = {
  name: "first-load",
  run(tree) {
    const read = (file: string) => readFileSync(join(tree.root, built, file));
    const manifest: Manifest = JSON.parse(read(manifestPath).toString("utf8"));
    const totals = measureFirstLoads(manifest, read);
    return {
      read: `${counted(totals.size, "page")}, ${describeSizes(totals)}`,
      faults: [...findHeavyPages(totals), ...findCircles(manifest)],
    };
  },
};

/** The pages that take more than they may. */
export function findHeavyPages(totals: ReadonlyMap<string, number>): readonly Fault[] {
  return [...totals]
    .filter(([, bytes]) => bytes > firstLoadBytes)
    .map(([page, bytes]) => ({
      file: "apps/web",
      message: `${page} takes ${kilobytes(bytes)} of JavaScript (gzip), more than ${kilobytes(firstLoadBytes)}: fetch what it does not show at once with what shows it.`,
    }));
}

/**
 * Files of the build that need each other. Which of them is evaluated first depends on which came first over the network, and
 * the other then finds nothing in it: a page that breaks once in a hundred visits.
 */
export function findCircles(manifest: Manifest): readonly Fault[] {
  const circular = Object.keys(manifest).filter((key) =>
    withImports(manifest, entryOf(manifest, key).imports ?? []).has(key),
  );
  return circular.map((key) => ({
    file: "apps/web/vite.config.ts",
    message: `${key} needs a file of the build that needs it: let one group hold both.`,
  }));
}

function describeSizes(totals: ReadonlyMap<string, number>): string {
  return [...totals].map(([page, bytes]) => `${page} ${kilobytes(bytes)}`).join(", ");
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} kB`;
}

/**
 * Adds up what each page of the first minute takes, by language, in bytes after gzip: the entry, everything that the entry
 * waits for, the words, the page, and all that these import.
 */
export function measureFirstLoads(manifest: Manifest, read: (file: string) => Uint8Array): Map<string, number> {
  const sizes = new Map<string, number>();
  const sizeOf = (key: string) => {
    const { file } = entryOf(manifest, key);
    const size = sizes.get(file) ?? gzipSync(read(file), { level: 9 }).byteLength;
    sizes.set(file, size);
    return size;
  };
  const totals = new Map<string, number>();
  for (const locale of ["ko", "en"] as const) {
    for (const [page, parts] of Object.entries(pages)) {
      const named = [everywhere, ...parts].flatMap((part) => findParts(manifest, part.replace("{locale}", locale)));
      const roots = ["index.html", ...(entryOf(manifest, "index.html").dynamicImports ?? []), ...named];
      const keys = withImports(manifest, roots);
      totals.set(
        `${page} (${locale})`,
        [...keys].reduce((sum, key) => sum + sizeOf(key), 0),
      );
    }
  }
  return totals;
}

/** The parts of the build that a name stands for: itself, or what each feature calls so. */
function findParts(manifest: Manifest, name: string): readonly string[] {
  if (!name.includes("*")) return [name];
  const pattern = new RegExp(`^${name.split("*").map(RegExp.escape).join("[^/]+")}x?$`);
  const found = Object.keys(manifest).filter((key) => pattern.test(key));
  if (found.length === 0)
    throw new Error(`No feature of the build has a part ${name}: name it anew in checks/rules/first-load.ts.`);
  return found;
}

function withImports(manifest: Manifest, roots: readonly string[]): Set<string> {
  const found = new Set<string>();
  const waiting = [...roots];
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    if (found.has(key)) continue;
    found.add(key);
    waiting.push(...(entryOf(manifest, key).imports ?? []));
  }
  return found;
}

function entryOf(manifest: Manifest, key: string): Manifest[string] {
  const entry = manifest[key];
  if (!entry)
    throw new Error(`The build has no ${key}: if it was renamed, name it anew in checks/rules/first-load.ts.`);
  return entry;
}
