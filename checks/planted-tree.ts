import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createSourceTree, type SourceTree } from "./source-tree.ts";

/** A small tree with a fault in it, which proves that a check turns red. Removed when the test is over. */
export type PlantedTree = SourceTree & Disposable;

export function plantTree(contents: Readonly<Record<string, string>>): PlantedTree {
  const root = mkdtempSync(join(tmpdir(), "maru-planted-"));
  for (const [file, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return {
    ...createSourceTree(root, Object.keys(contents).sort()),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}
