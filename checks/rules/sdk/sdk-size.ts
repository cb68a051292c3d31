import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Check, counted, type Fault } from "../../fault.ts";

const packageFolder = "packages/client";
/** Where a file of the build names another one. */
const specifier = /\bfrom\s*"(\.\/[^"]+)"|\bimport\s*"(\.\/[^"]+)"/g;

/**
 * What a program may take with each sub-path of the SDK, in bytes after gzip, with all that it imports. A part is used with
 * `./core`, so what that brings is not counted again.
 */
export const sdkBudgets: Readonly<Record<string, number>> = {
  ".": 36_000,
  "./core": 20_200,
  "./account": 1_400,
  "./matching": 1_000,
  "./rooms": 12_000,
  "./presence": 2_000,
};

/** Bounds what a widget or a bot takes with each sub-path of the SDK, by what was built last. */
export const sdkSize: Check = {
  name: "sdk-size",
  run(tree) {
    const manifest = JSON.parse(tree.read(`${packageFolder}/package.json`)) as {
      readonly exports: Readonly<Record<string, { readonly import: string }>>;
    };
    const sizes = new Map<string, number>();
    const faults: Fault[] = [];
    const core = join(tree.root, packageFolder, manifest.exports["./core"]?.import ?? "");
    const brought = existsSync(core) ? listImports(core) : new Set<string>();
    for (const [path, { import: file }] of Object.entries(manifest.exports)) {
      const entry = join(tree.root, packageFolder, file);
      const isPart = path !== "." && path !== "./core";
      if (existsSync(entry)) sizes.set(path, measure(entry, isPart ? brought : new Set()));
      else faults.push({ file: packageFolder, message: `${path} was not built: run ./maru build.` });
    }
    const told = [...sizes].map(([path, bytes]) => `${path} ${kilobytes(bytes)}`).join(", ");
    return { read: `${counted(sizes.size, "sub-path")}, ${told}`, faults: [...faults, ...findHeavy(sizes)] };
  },
};

/** The sub-paths that take more than they may, those without a bound among them, and bounds of none. */
function findHeavy(sizes: ReadonlyMap<string, number>): Fault[] {
  const faults = [...sizes].flatMap(([path, bytes]): Fault[] => {
    const budget = sdkBudgets[path];
    if (budget === undefined)
      return [{ file: packageFolder, message: `${path} has no bound: give it one in checks/rules/sdk/sdk-size.ts.` }];
    const message = `${path} takes ${kilobytes(bytes)} (gzip), more than ${kilobytes(budget)}: keep what only some need in a sub-path of its own.`;
    return bytes > budget ? [{ file: packageFolder, message }] : [];
  });
  return faults;
}

/** Adds up a file and all that it imports, each by itself after gzip. */
function measure(entry: string, brought: ReadonlySet<string>): number {
  const files = [...listImports(entry)].filter((file) => !brought.has(file));
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).byteLength, 0);
}

/** A file, and all that it imports. */
function listImports(entry: string): Set<string> {
  const found = new Set<string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    for (const [, from, alone] of readFileSync(file, "utf8").matchAll(specifier))
      waiting.push(join(file, "..", from ?? alone ?? ""));
  }
  return found;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} kB`;
}
