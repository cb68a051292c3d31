import { expect, test } from "bun:test";
import { plantTree } from "../planted-tree.ts";
import { filePaths } from "./file-paths.ts";

async function faultsOf(text: string): Promise<number> {
  using tree = plantTree({ "checks/a.ts": text });
  return (await filePaths.run(tree)).faults.length;
}

test.each([
  'const root = new URL("..", import.meta.url).pathname;',
  'const here = new URL(".", import.meta.url);\nread(here.pathname);',
  'const here = new URL(".", import.meta.url);\nread(new URL("a.json", here).pathname);',
  'read(new URL("a.json", import.meta.url).href.slice(7));',
  "read(new URL(import.meta.url).pathname);",
  'read(import.meta.url.replace("file://", ""));',
  "import(`file://${path}`);",
  'import("file://" + path + "/a.ts");',
  "const address = new URL(`${import.meta.dir}/a.ts`);",
  'const address = new URL(join(__dirname, "a.ts"), "file:");',
])("turns red for %s", async (text) => {
  expect(await faultsOf(text)).toBe(1);
});

test.each([
  'const root = fileURLToPath(new URL("..", import.meta.url));',
  'const text = await Bun.file(new URL("a.json", import.meta.url)).text();',
  'const worker = new Worker(new URL("a.ts", import.meta.url));',
  'const root = join(import.meta.dir, "..");',
  "const address = new URL(pathToFileURL(import.meta.path));",
  "const require = createRequire(import.meta.url);",
  "const path = new URL(request.url).pathname;",
  'const refused = ["file://"];',
])("passes %s", async (text) => {
  expect(await faultsOf(text)).toBe(0);
});
