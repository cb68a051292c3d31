import { expect, test } from "bun:test";
import { join } from "node:path";

/** Runs a program of the benches, which has to end at once. */
async function run(program: string, words: readonly string[]): Promise<{ status: number; lines: string }> {
  const child = Bun.spawn([process.execPath, "--no-env-file", join(import.meta.dir, program), ...words], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { status: await child.exited, lines: stdout + stderr };
}

test.each([
  [["realtime", "--only", "nowhere"], "realtime has no part nowhere; it has start, fanout"],
  [["identity", "--only", "nowhere"], "identity has no part nowhere; it has sign_in."],
  [["matching", "--only", "nowhere"], "matching has no part nowhere; it is one piece."],
  [["chaos", "--only", "a,b"], "chaos has no part a, b; it is one piece."],
  [["abuse", "--only", "nowhere"], "abuse has no endpoint or cost nowhere"],
  [["--only", "fanout"], "--only takes parts of one bench: name it"],
  [["nothing"], "There is no bench «nothing»"],
  [["realtime", "identity"], "One bench at a time"],
  [["realtime", "--runs", "many"], "--runs takes a whole number from 0 on, and «many» is none."],
  [["realtime", "--wrong"], "Usage: ./maru bench"],
  [["realtime", "--against", "no-such-commit"], "«no-such-commit» is no commit of this repository."],
  [["chaos", "--against", "HEAD"], "--against compares one of these"],
])("bench %j is answered in words", async (words, answer) => {
  const { status, lines } = await run("main.ts", words);
  expect(lines).toContain(answer);
  expect(lines).not.toMatch(/\n {4,}at /);
  expect(status).toBe(2);
});

test.each([
  [[], "Name a document with a measured block"],
  [["no-such-document.md", "a.json"], "Name a document with a measured block"],
  [
    [join(import.meta.dir, "../docs/operate/performance.md"), "no-such.json"],
    "«no-such.json» is no report of a bench.",
  ],
])("the table is answered in words for %j", async (words, answer) => {
  const { status, lines } = await run("table.ts", words);
  expect(lines).toContain(answer);
  expect(status).toBe(2);
});
