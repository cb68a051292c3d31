import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOrMakeSecretFile } from "./key-file.ts";
import { StartError } from "./start-error.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "maru-keys-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let made = 0;
const make = async () => `secret ${++made}`;

test("a secret is made once, for its owner's eyes alone, and read from then on", async () => {
  const path = join(folder, "once");
  const first = await readOrMakeSecretFile(path, make);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readOrMakeSecretFile(path, make)).toBe(first);
  expect(await readFile(path, "utf8")).toBe(first);
  expect(await readdir(folder)).toEqual(["once"]);
});

test("of two that start at once both have the same", async () => {
  const path = join(folder, "race");
  const script = `import { readOrMakeSecretFile } from ${JSON.stringify(join(import.meta.dir, "key-file.ts"))};
    console.log(await readOrMakeSecretFile(${JSON.stringify(path)}, async () => String(process.pid)));`;
  const starts = Array.from({ length: 3 }, () => Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" }));
  const told = await Promise.all(starts.map(({ stdout }) => new Response(stdout).text()));
  expect(new Set(told).size).toBe(1);
  expect(starts.map(({ pid }) => `${pid}\n`)).toContain(told[0] ?? "");
  expect((await readdir(folder)).filter((name) => name.startsWith("race"))).toEqual(["race"]);
});

test("one that others may read is refused in words, and left as it is", async () => {
  const path = join(folder, "open");
  for (const mode of [0o640, 0o604, 0o660]) {
    await writeFile(path, "secret");
    await chmod(path, mode);
    const refused = readOrMakeSecretFile(path, make);
    await expect(refused).rejects.toThrow(StartError);
    await expect(refused).rejects.toThrow(`chmod 600 ${path}`);
    expect((await stat(path)).mode & 0o777).toBe(mode);
  }
  await chmod(path, 0o600);
  expect(await readOrMakeSecretFile(path, make)).toBe("secret");
});

test("an empty one is refused rather than replaced", async () => {
  const path = join(folder, "empty");
  await writeFile(path, "\n", { mode: 0o600 });
  await expect(readOrMakeSecretFile(path, make)).rejects.toThrow("is empty. Restore it");
  expect(await readFile(path, "utf8")).toBe("\n");
});
