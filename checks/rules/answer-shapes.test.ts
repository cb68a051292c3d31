import { expect, test } from "bun:test";
import { join } from "node:path";
import { plantTree } from "../planted-tree.ts";
import { answerShapes, shapesFile } from "./answer-shapes.ts";

const root = join(import.meta.dir, "../..");

/** The check over a tree whose shapes are those of the code, changed. */
async function faultsOf(change: (text: string) => string): Promise<string[]> {
  const text = await Bun.file(join(root, shapesFile)).text();
  using tree = plantTree({ [shapesFile]: change(text) });
  return (await answerShapes.run({ ...tree, root })).faults.map(({ message }) => message);
}

test("shapes as they are written pass", async () => {
  expect(await faultsOf((text) => text)).toEqual([]);
});

test.each<[string, (text: string) => string]>([
  ["a field that the schemas lack", (text) => text.replace('nickname: "text"', 'nickname: "text", phone: "text"')],
  ["a field that is held to less", (text) => text.replace('activeAt: "moment"', 'activeAt: "text"')],
  ["a command without its shape", (text) => text.replace(/ {2}"room\.get".*\n/, "")],
])("turns red for %s", async (_, change) => {
  expect(await faultsOf(change)).toEqual([expect.stringContaining("./maru check --write answer-shapes")]);
});

test("a tree without the file is told so", async () => {
  using tree = plantTree({ "packages/client/src/index.ts": "" });
  expect((await answerShapes.run({ ...tree, root })).faults).toHaveLength(1);
});
