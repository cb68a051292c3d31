import { expect, test } from "bun:test";
import { plantTree } from "../planted-tree.ts";
import { testHabits } from "./test-habits.ts";

async function faultsOf(text: string, file = "packages/ui/src/a.test.ts"): Promise<string[]> {
  using tree = plantTree({ [file]: text });
  return (await testHabits.run(tree)).faults.map(({ message }) => message);
}

test.each([
  ['test.only("a", () => {});', "hides the other tests"],
  ['test.skip("a", () => {});', "hides why"],
  ['describe.skipIf(process.platform === "linux")("a", () => {});', "hides why"],
  ['it.todo("a");', "hides why"],
  ["await Bun.sleep(50);", "does not sleep"],
  ["await new Promise((resolve) => setTimeout(resolve, 50));", "does not sleep"],
  ["await new Promise((done) => { setTimeout(done, 50); });", "does not sleep"],
  ['import { setTimeout } from "node:timers/promises";', "does not sleep"],
  ['test("a", () => {}, { retry: 3 });', "needs a retry"],
  ['expect(run()).rejects.toThrow("denied");', "unless it is awaited"],
  ["expect(run()).resolves.not.toBe(1);", "unless it is awaited"],
])("turns red for %s", async (text, complaint) => {
  expect(await faultsOf(text)).toEqual([expect.stringContaining(complaint)]);
});

test.each([
  'test("a", () => {});',
  'test.each([1])("%d", () => {});',
  'await expect(run()).rejects.toThrow("denied");',
  "new Promise((_, reject) => setTimeout(() => reject(new Error()), 5_000));",
  "// waits: only the kernel knows when the socket's buffer is full\nawait Bun.sleep(50);",
])("is content with %s", async (text) => {
  expect(await faultsOf(text)).toEqual([]);
});
