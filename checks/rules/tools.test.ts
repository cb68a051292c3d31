import { expect, test } from "bun:test";
import type { Check } from "../fault.ts";
import { plantTree } from "../planted-tree.ts";
import { deadCode } from "./dead-code.ts";
import { format } from "./format.ts";
import { types } from "./types.ts";

const tsconfig = JSON.stringify({
  compilerOptions: { strict: true, noEmit: true, types: [], target: "ESNext", module: "ESNext" },
  include: ["."],
});
const biome = '{ "linter": { "rules": { "suspicious": { "noExplicitAny": "error" } } } }\n';

async function faultsOf(check: Check, contents: Record<string, string>): Promise<string> {
  using tree = plantTree(contents);
  const { faults } = await check.run(tree);
  return faults.map(({ file, message }) => `${file}: ${message}`).join("\n");
}

test("format is content with what Biome would write", async () => {
  expect(await faultsOf(format, { "biome.json": biome, "a.ts": "export const a = 1;\n" })).toBe("");
});

test("format turns red for untidy text, for a broken lint rule, and when it reads nothing", async () => {
  expect(await faultsOf(format, { "biome.json": biome, "a.ts": "export const a=1" })).toContain("a.ts format");
  expect(await faultsOf(format, { "biome.json": biome, "a.ts": "export const a: any = 1;\n" })).toContain(
    "noExplicitAny",
  );
  const blind = '{ "files": { "includes": ["*.css"] } }\n';
  expect(await faultsOf(format, { "biome.json": blind, "a.ts": "export const a=1", "b.ts": "" })).toContain(
    "Biome read only 1",
  );
});

test("types is content with sound code in a project", async () => {
  expect(await faultsOf(types, { "tsconfig.json": tsconfig, "a.ts": "export const a: number = 1;\n" })).toBe("");
});

test("types turns red for a wrong type, and for a file that no project holds", async () => {
  expect(await faultsOf(types, { "p/tsconfig.json": tsconfig, "p/a.ts": "export const a: number = 'x';\n" })).toContain(
    "TS2322",
  );
  expect(
    await faultsOf(types, { "p/tsconfig.json": tsconfig, "p/a.ts": "export {};\n", "b.ts": "export {};\n" }),
  ).toContain("b.ts: no tsconfig.json holds this file");
});

const manifest = '{ "name": "planted", "type": "module" }';

test("dead-code is content when everything is used", async () => {
  const files = { "index.ts": 'import { a } from "./a.ts";\nconsole.log(a);\n', "a.ts": "export const a = 1;\n" };
  expect(await faultsOf(deadCode, { "package.json": manifest, ...files })).toBe("");
});

test("dead-code turns red for an unused export, an unused file and an undeclared dependency", async () => {
  const report = await faultsOf(deadCode, {
    "package.json": manifest,
    "index.ts": 'import { a } from "./a.ts";\nimport "left-pad";\nconsole.log(a);\n',
    "a.ts": "export const a = 1;\nexport const forgotten = 2;\n",
    "lost.ts": "export const lost = 3;\n",
  });
  expect(report).toContain("forgotten");
  expect(report).toContain("lost.ts");
  expect(report).toContain("left-pad");
});
