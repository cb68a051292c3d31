import { expect, test } from "bun:test";
import { plantTree } from "../../planted-tree.ts";
import { sdkBudgets, sdkSize } from "./sdk-size.ts";

/** Text that gzip makes little of. */
const noise = (bytes: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("base64");
const entryOf = (path: string, file: string) => ({ [path]: { import: `./dist/${file}` } });

async function run(exports: object, built: Record<string, string>) {
  const dist = Object.entries(built).map(([name, text]) => [`packages/client/dist/${name}`, text]);
  using tree = plantTree({ "packages/client/package.json": JSON.stringify({ exports }), ...Object.fromEntries(dist) });
  const { read, faults } = await sdkSize.run(tree);
  return { read, messages: faults.map(({ message }) => message) };
}

test("turns red for a sub-path that takes too much, counted with all that it imports", async () => {
  const half = noise(Math.ceil(((sdkBudgets["./core"] ?? 0) * 6) / 10));
  const { messages } = await run(entryOf("./core", "core.js"), {
    "core.js": `import{a}from"./one.js";import "./two.js";`,
    "one.js": `export const a = "${half}";`,
    "two.js": `import { a } from "./one.js"; // ${noise(Math.ceil((sdkBudgets["./core"] ?? 0) / 2))}`,
  });
  expect(messages).toEqual([expect.stringContaining("./core takes")]);
});

test("turns red for a sub-path without a bound, and for one that was not built", async () => {
  const exports = { ...entryOf("./new", "new.js"), ...entryOf("./core", "core.js") };
  const { messages } = await run(exports, { "new.js": "export {};" });
  expect(messages).toEqual([
    expect.stringContaining("./core was not built"),
    expect.stringContaining("./new has no bound"),
  ]);
});

test("counts what two of its files share once, and passes what stays within the bound", async () => {
  const { read, messages } = await run(entryOf("./core", "core.js"), {
    "core.js": `import"./one.js";import"./two.js";`,
    "one.js": `import "./shared.js";`,
    "two.js": `import "./shared.js";`,
    "shared.js": `// ${noise(3_000)}`,
  });
  expect(messages).toEqual([]);
  expect(read).toMatch(/^1 sub-path, \.\/core 3\.[0-3] kB$/);
});

test("counts of a part what it adds to the core, and turns red when that is too much", async () => {
  const exports = { ...entryOf("./core", "core.js"), ...entryOf("./presence", "presence.js") };
  const core = { "core.js": `import "./shared.js";`, "shared.js": `// ${noise(9_000)}` };
  const light = await run(exports, { ...core, "presence.js": `import "./shared.js";` });
  expect(light.messages).toEqual([]);
  const heavy = await run(exports, { ...core, "presence.js": `import "./shared.js"; // ${noise(3_000)}` });
  expect(heavy.messages).toEqual([expect.stringContaining("./presence takes")]);
});
