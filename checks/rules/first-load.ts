import { gzipSync } from "node:zlib";

/** The part of Vite's manifest that says which file needs which others. */
export type Manifest = Readonly<
  Record<
    string,
    { readonly file: string; readonly imports?: readonly string[]; readonly dynamicImports?: readonly string[] }
  >
>;

/** JavaScript that a page may take before it shows what it is for, in bytes after gzip. */
export const firstLoadBytes = 180_000;

const words = { ko: "src/shell/i18n/ko.ts", en: "src/shell/i18n/en.ts" } as const;
const accountWords = { ko: "src/shell/i18n/account-ko.ts", en: "src/shell/i18n/account-en.ts" } as const;

/** What each page takes beside what every page takes. */
const pages = {
  landing: ["src/screens/landing-screen.tsx"],
  "log-in": ["src/screens/log-in-screen.tsx", "account words"],
  "sign-up": ["src/screens/sign-up-screen.tsx", "account words"],
  rooms: ["src/screens/signed-in-layout.tsx"],
} as const;

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
      const named = parts.map((part) => (part === "account words" ? accountWords[locale] : part));
      const roots = ["index.html", ...(entryOf(manifest, "index.html").dynamicImports ?? []), words[locale], ...named];
      const keys = withImports(manifest, roots);
      totals.set(
        `${page} (${locale})`,
        [...keys].reduce((sum, key) => sum + sizeOf(key), 0),
      );
    }
  }
  return totals;
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
