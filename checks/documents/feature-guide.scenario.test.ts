import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readSourceTree } from "../source-tree.ts";
import { applyChange, readBlocks } from "./guide-blocks.ts";

const root = join(import.meta.dir, "../..");
/** A step of the walk may wait for a processor that others use. */
const stepMs = 240_000;

const lists = [
  "apps/server/src/app.ts",
  "apps/web/src/app/features.ts",
  "packages/client/src/features.ts",
  "packages/protocol/src/features.ts",
];
/** What `./maru check --write` makes of the code. */
const written = [
  "checks/recorded-schema.json",
  "docs/operate/limits.md",
  "docs/protocol/reference.md",
  "packages/client/src/connection/answer-shapes.ts",
];

let copy = "";
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "maru-guide-"));
  await copyTree(copy);
  await run(["git", "init", "-q"]);
  await run(["git", "add", "-A"]);
  const who = ["-c", "user.name=guide", "-c", "user.email=guide@maru.example"];
  await run(["git", ...who, "commit", "-qm", "before"]);
  for (const { file, isChange, text } of readBlocks(
    await Bun.file(join(root, "docs/guides/add-a-feature.md")).text(),
  )) {
    const path = join(copy, file);
    await Bun.write(path, isChange ? applyChange(await Bun.file(path).text(), text) : text);
  }
}, stepMs);
afterAll(() => rm(copy, { recursive: true, force: true }));

/** Copies what git knows, with the dependencies of this checkout; packages of ours are those of the copy. */
async function copyTree(to: string): Promise<void> {
  const { files } = await readSourceTree(root);
  for (const folder of new Set(files.map((file) => dirname(file)))) await mkdir(join(to, folder), { recursive: true });
  await Promise.all(files.map((file) => cp(join(root, file), join(to, file))));
  const places = [...new Set(files.filter((file) => file.endsWith("package.json")).map((file) => dirname(file)))];
  for (const place of places) {
    const modules = join(place, "node_modules");
    const names = await readdir(join(root, modules)).catch(() => []);
    if (names.length > 0) await mkdir(join(to, modules));
    for (const name of names.filter((each) => each !== ".cache" && each !== "@maru")) {
      await symlink(join(root, modules, name), join(to, modules, name));
    }
  }
  await cp(join(root, "node_modules/@maru"), join(to, "node_modules/@maru"), {
    recursive: true,
    verbatimSymlinks: true,
  });
}

async function run(words: readonly string[]): Promise<string> {
  return runAnyhow(words, (output) => {
    throw new Error(`${words.join(" ")}\n${output}`);
  });
}

async function runAnyhow(words: readonly string[], onFailed: (output: string) => void = () => {}): Promise<string> {
  const child = Bun.spawn([...words], { cwd: copy, stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) onFailed(out + err);
  return out + err;
}

const bun = process.execPath;

describe("the feature that the guide adds", () => {
  test(
    "obeys the rules of the house",
    async () => {
      await run([bun, "checks/check.ts", "--write", "schema-history", "answer-shapes", "docs", "format"]);
      const rules = ["boundaries", "entry-points", "feature-lists", "names", "vocabulary", "sql-home", "ambient"];
      const told = await runAnyhow([bun, "checks/check.ts", ...rules]);
      expect(told).toContain("✓ boundaries");
      // What else the project has wrong is not the guide's.
      expect(told.split("\n").filter((line) => line.startsWith("  ") && line.includes("notes"))).toEqual([]);
    },
    stepMs,
  );

  test("touches nothing outside its own folders but the lists of features", async () => {
    const changed = (await run(["git", "status", "--porcelain", "--untracked-files=all"]))
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.slice(3));
    const outside = changed.filter((file) => !/^(apps|packages)\/.*\/notes\//.test(file));
    expect(outside.toSorted()).toEqual([...lists, ...written].toSorted());
  });

  // The tests of the SDK start the server: its types are those of both.
  test.each(["packages/client", "apps/web"])(
    "fits the types of %s",
    async (project) => {
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      await run([bun, "--bun", tsc, "-p", project, "--noEmit"]);
    },
    stepMs,
  );

  test(
    "works: on two nodes, through the SDK, for its owner alone, and goes with the account",
    async () => {
      const told = await run([bun, "test", "--isolate", "--timeout", "60000", "./packages/client/src/notes"]);
      expect(told).toContain("3 pass");
      expect(told).toContain("0 fail");
    },
    stepMs,
  );
});
