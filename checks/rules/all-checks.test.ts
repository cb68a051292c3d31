import { expect, test } from "bun:test";
import { join } from "node:path";
import { readSourceTree } from "../source-tree.ts";
import { checks } from "./all-checks.ts";

test.each(checks.map(({ name }) => name))("the check %s has planted faults that turn it red", async (name) => {
  const tree = await readSourceTree(join(import.meta.dir, "../.."));
  const tests = tree.files.filter((file) => /^checks\/.*\.test\.ts$/.test(file)).map((file) => tree.read(file));
  const own = tests.filter((text) => text.includes(`from "./${name}.ts"`));
  expect(own.some((text) => /turns? red/.test(text))).toBe(true);
});

test("the checks have different names", () => {
  expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
});
