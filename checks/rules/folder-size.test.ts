import { expect, test } from "bun:test";
import { plantTree } from "../planted-tree.ts";
import { folderSize } from "./folder-size.ts";

const files = (folder: string, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${folder}/${i}.ts`, ""]));

test("a folder of more than forty files turns red, and one that is read as a list does not", async () => {
  using tree = plantTree({
    ...files("full", 40),
    ...files("full/inner", 40),
    ...files("over", 41),
    ...files("docs/decisions", 60),
    ...files("feature/migrations", 41),
  });
  const { faults } = await folderSize.run(tree);
  expect(faults).toEqual([
    { file: "over", message: "41 files are too many; part them by what they are about (at most 40)." },
  ]);
});
