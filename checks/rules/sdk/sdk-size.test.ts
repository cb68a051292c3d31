import { expect, test } from "bun:test";
import { plantTree } from "../../planted-tree.ts";
import { sdkBudgets, sdkSize } from "./sdk-size.ts";

/** Text that gzip makes little of. */
const noise = (bytes: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("base64");
const doorOf = (path: string, file: string) => ({ [path]: { import: `./dist/${file}` } });

async function run(exports: object, built: Record<string, string>) {
  const dist = Object.entries(built).map(([name, text]) => [`packages/client/dist/${name}`, text]);
  using tree = plantTree({ "packages/client/package.json": JSON.stringify({ exports }), ...Object.fromEntries(dist) });
  const { read, faults } = await sdkSize.run(tree);
  return { read, messages: faults.map(({ message }) => message) };
}

test("turns red for a sub-path that takes too much, counted with all that it imports", async () => {
  const half = noise(Math.ceil(((sdkBudgets["./core"] ?? 0) * 6) / 10));
  const { messages } = await run(doorOf("./core", "core.js"), {
    "core.js": `import{a}from"./one.js";import "./two.js";`,
    "one.js": `export const a = "${half}";`,
    "two.js": `import { a } from "./one.js"; // ${noise(Math.ceil((sdkBudgets["./core"] ?? 0) / 2))}`,
  });
  expect(messages).toEqual([expect.stringContaining("./core takes")]);
});

test("turns red for a sub-path without a bound, and for one that was not built", async () => {
  const exports = { ...doorOf("./new", "new.js"), ...doorOf("./core", "core.js") };
  const { messages } = await run(exports, { "new.js": "export {};" });
  expect(messages).toEqual([
    expect.stringContaining("./core was not built"),
    expect.stringContaining("./new has no bound"),
  ]);
});

test("counts what two of its files share once, and passes what stays within the bound", async () => {
  const { read, messages } = await run(doorOf("./core", "core.js"), {
    "core.js": `import"./one.js";import"./two.js";`,
    "one.js": `import "./shared.js";`,
    "two.js": `import "./shared.js";`,
    "shared.js": `// ${noise(3_000)}`,
  });
  expect(messages).toEqual([]);
  expect(read).toMatch(/^1 sub-path, \.\/core 3\.[0-3] kB$/);
});
