import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { plantTree } from "./planted-tree.ts";
import { readSourceTree } from "./source-tree.ts";

test("lists tracked and new files, but neither ignored nor deleted ones", async () => {
  using planted = plantTree({ ".gitignore": "*.log\n", "a.ts": "", "gone.ts": "", "new.ts": "", "noise.log": "" });
  Bun.spawnSync(["sh", "-c", "git init -q && git add .gitignore a.ts gone.ts"], { cwd: planted.root });
  rmSync(join(planted.root, "gone.ts"));

  const tree = await readSourceTree(planted.root);

  expect(tree.files).toEqual([".gitignore", "a.ts", "new.ts"]);
});

test("says so when the folder is not a checkout", async () => {
  using planted = plantTree({ "a.ts": "" });
  await expect(readSourceTree(planted.root)).rejects.toThrow("not a git repository");
});
