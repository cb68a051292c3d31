import { expect, test } from "bun:test";
import { plantTree } from "./planted-tree.ts";
import { reportTests } from "./test-report.ts";
import { runTests } from "./test-run.ts";

const head = 'import { describe, expect, test } from "bun:test";\n';

/** Runs planted test files as `./maru test` does. */
async function report(contents: Record<string, string>, maySkip = true) {
  using tree = plantTree(contents);
  const limits = { testTimeoutMs: 1_000, runTimeoutMs: 10_000 };
  const results = await runTests({ name: "planted", root: tree.root, files: Object.keys(contents), ...limits });
  const { lines, summary, isGood } = reportTests(results, { maySkip });
  return { text: lines.join("\n"), summary, isGood };
}

test("counts what passed", async () => {
  const file = `${head}test("adds", () => expect(1 + 1).toBe(2));`;
  expect(await report({ "a.test.ts": file, "b/b.test.ts": file })).toEqual({
    text: "",
    summary: "2 passed, 0 failed",
    isGood: true,
  });
});

test("tells a failure whole", async () => {
  const { text, summary, isGood } = await report({
    "a.test.ts": `${head}describe("sums", () => { test("adds", () => expect({ sum: 3 }).toEqual({ sum: 2 })); });`,
  });
  expect(text).toContain("✗ a.test.ts: sums > adds");
  expect(text).toContain('-   "sum": 2');
  expect([summary, isGood]).toEqual(["0 passed, 1 failed", false]);
});

test.each([
  ["does not load", 'throw new Error("at loading");', "at loading"],
  ["holds no test", "export {};", "ran no test"],
  ["ends the process", `${head}test("adds", () => process.exit(7));`, "ended with 7 before all was done"],
  [
    "throws before its tests",
    `${head}import { beforeAll } from "bun:test"; beforeAll(() => { throw new Error("early"); }); test("a", () => {});`,
    "early",
  ],
  [
    "throws after its tests",
    `${head}import { afterAll } from "bun:test"; afterAll(() => { throw new Error("late"); }); test("a", () => {});`,
    "late",
  ],
  ["hangs", `${head}test("waits", () => new Promise(() => {}), 100);`, "timed out"],
])("fails when a file %s", async (_, file, complaint) => {
  const { text, isGood } = await report({ "good.test.ts": `${head}test("adds", () => {});`, "bad.test.ts": file });
  expect(isGood).toBe(false);
  expect(text).toContain(complaint);
});

test("fails when nothing ran", () => {
  expect(reportTests([], { maySkip: true })).toEqual({
    lines: ["No test was run."],
    summary: "0 passed, 0 failed",
    isGood: false,
  });
});

const skipping = `${head}test("adds", () => {}); describe.skip("proxy [needs nginx]", () => { test("answers", () => {}); });`;

test("lists what the machine lacks", async () => {
  const { text, summary, isGood } = await report({ "a.test.ts": skipping });
  expect(text).toContain("a.test.ts: proxy [needs nginx] > answers");
  expect([summary, isGood]).toEqual(["1 passed, 0 failed, 1 skipped", true]);
});

test("fails for the same where nothing may be skipped", async () => {
  const { text, summary, isGood } = await report({ "a.test.ts": skipping }, false);
  expect(text).toContain("this machine lacks nginx.");
  expect([summary, isGood]).toEqual(["1 passed, 1 failed", false]);
});

test.each(['test.skip("later", () => {});', 'test.todo("later");'])("fails for %s", async (line) => {
  const { text, isGood } = await report({ "a.test.ts": `${head}test("adds", () => {});\n${line}` });
  expect(text).toContain("skipped without a reason");
  expect(isGood).toBe(false);
});
