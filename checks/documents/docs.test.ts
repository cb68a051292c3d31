import { expect, test } from "bun:test";
import { plantTree } from "../planted-tree.ts";
import { createSourceTree } from "../source-tree.ts";
import { createDocsCheck } from "./docs.ts";

const docs = createDocsCheck([{ name: "fruits", render: () => "- apple\n- 배" }]);

async function faultsOf(text: string): Promise<string[]> {
  using tree = plantTree({ "docs/a.md": text });
  return (await docs.run(tree)).faults.map(({ message }) => message);
}

test("is content when a document says what the code says", async () => {
  expect(
    await faultsOf("# A\n<!-- generated:fruits -->\n\n- apple\n- 배\n\n<!-- /generated:fruits -->\nEnd.\n"),
  ).toEqual([]);
});

test.each([
  ["another text", "<!-- generated:fruits -->\n- pear\n<!-- /generated:fruits -->", "is not what the code says"],
  ["no such block", "Nothing here.", "no document holds"],
])("turns red for %s", async (_, text, complaint) => {
  expect(await faultsOf(text)).toEqual([expect.stringContaining(complaint)]);
});

test("turns red for an unknown block and for one without an end", async () => {
  const right = "<!-- generated:fruits -->\n\n- apple\n- 배\n\n<!-- /generated:fruits -->\n";
  expect(await faultsOf(`${right}<!-- generated:nuts -->\n<!-- /generated:nuts -->`)).toEqual([
    'nothing generates "nuts"; see checks/documents/generated-docs.ts.',
  ]);
  expect(await faultsOf(`${right}<!-- generated:fruits -->\n`)).toEqual(["1 generated block without an end."]);
});

test("writes the block when asked, and leaves the rest alone", async () => {
  using tree = plantTree({
    "docs/a.md": "Before\n<!-- generated:fruits -->\nold\n<!-- /generated:fruits -->\nAfter\n",
  });
  await docs.repair?.(tree);
  const repaired = createSourceTree(tree.root, tree.files);
  expect((await docs.run(repaired)).faults).toEqual([]);
  expect(repaired.read("docs/a.md")).toMatch(/^Before\n[\s\S]*\nAfter\n$/);
});
