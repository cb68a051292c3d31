import { expect, test } from "bun:test";
import { plantTree } from "../planted-tree.ts";
import { fileSize } from "./file-size.ts";

const lines = (count: number) => "//\n".repeat(count);

test("warns past 300 lines and turns red past 500", async () => {
  using tree = plantTree({
    "a.ts": lines(300),
    "b.ts": lines(301),
    "c.ts": lines(500),
    "d.css": lines(501),
    "e.md": lines(900),
  });
  const { faults, warnings } = await fileSize.run(tree);
  expect(faults).toEqual([
    { file: "d.css", message: "501 lines are too many; split it by what it is about (at most 500)." },
  ]);
  expect(warnings?.map(({ file }) => file)).toEqual(["b.ts", "c.ts"]);
});
