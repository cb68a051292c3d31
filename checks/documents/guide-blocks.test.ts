import { expect, test } from "bun:test";
import { applyChange, readBlocks } from "./guide-blocks.ts";

test("blocks that name a file are read, others are not", () => {
  const guide =
    "Words\n\n```ts a/b.ts\nconst b = 1;\n```\n\n```ts\nconst c = 2;\n```\n\n```diff list.ts\n+b\n a\n```\n";
  expect(readBlocks(guide)).toEqual([
    { file: "a/b.ts", isChange: false, text: "const b = 1;\n" },
    { file: "list.ts", isChange: true, text: "+b\n a\n" },
  ]);
});

test("a change adds at the top or after the line before it, and takes away what it names", () => {
  const list = "import a\n\nexport const list = {\n  a,\n};\nold\n";
  const change = "+import b\n export const list = {\n+  b,\n-old\n+new\n";
  expect(applyChange(list, change)).toBe("import b\nimport a\n\nexport const list = {\n  b,\n  a,\n};\nnew\n");
});

test("a line that is not there any more, or stands further up, is a fault", () => {
  expect(() => applyChange("a\nb\n", " b\n a\n+c\n")).toThrow("There is no line «a» further down.");
});
