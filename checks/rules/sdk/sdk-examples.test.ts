import { expect, test } from "bun:test";
import { plantTree } from "../../planted-tree.ts";
import { sdkExamples } from "./sdk-examples.ts";

const manifest = JSON.stringify({ exports: { ".": { types: "./src/index.ts" }, "./a": { types: "./src/a.ts" } } });
const shown = "/**\n * Makes one.\n *\n * @example\n * createA();\n */\n";

async function faultsOf(a: string, index = 'export { createA } from "./a.ts";\n'): Promise<string[]> {
  using tree = plantTree({
    "packages/client/package.json": manifest,
    "packages/client/src/index.ts": index,
    "packages/client/src/a.ts": a,
  });
  return (await sdkExamples.run(tree)).faults.map(({ file, line, message }) => `${file}:${line} ${message}`);
}

test.each([
  ["a function with another comment", "/** Makes one. */\nexport function createA() {}\n", "createA"],
  ["a function whose example is another's", `${shown}const b = 1;\nexport function createA() {}\n`, "createA"],
  ["a class", `export class A {}\n${shown}export function createA() {}\n`, "A"],
])("turns red for %s", async (_, text, name) => {
  expect(await faultsOf(text)).toEqual([expect.stringContaining(`${name} is given out by the SDK`)]);
});

test("turns red at the declaration of what a door passes on", async () => {
  const faults = await faultsOf("\nexport function createA() {}\n", 'export { createA as create } from "./a.ts";\n');
  expect(faults).toEqual(["packages/client/src/a.ts:2 createA is given out by the SDK without an @example."]);
});

test("passes what shows how it is used, and types", async () => {
  expect(await faultsOf(`${shown}export function createA() {}\nexport type B = string;\n`)).toEqual([]);
});
