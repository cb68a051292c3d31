import { createHash } from "node:crypto";
import { mkdtemp, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");
/** What the data of a first start follows from: the steps of the schema, and the Postgres that keeps them. */
const sources = ["apps/server/src/**/{migrations,indexes}/*.sql", "package-lock.json"];

/**
 * Fills a data folder as a first start leaves it. Only the first walk of a machine waits for a first start: to set up a
 * database takes a core for seconds, two dozen walks begin with one, and `serve.scenario.test.ts` is what tries it.
 */
export async function fillWithFirstStart(data: string, startOnce: (data: string) => Promise<void>): Promise<void> {
  const template = join(tmpdir(), `maru-first-start-${await hashSources()}`);
  if (!(await isFolder(template))) await makeTemplate(template, startOnce);
  // By the system's own words: whoever is root here runs Postgres as somebody else, whose files they stay.
  const copying = Bun.spawn(["cp", "-a", `${template}/.`, data], { stderr: "inherit" });
  if ((await copying.exited) !== 0) throw new Error(`${template} cannot be copied to ${data}`);
}

/** Made aside and moved there: another walk may be making one, and whoever comes second throws theirs away. */
async function makeTemplate(template: string, startOnce: (data: string) => Promise<void>): Promise<void> {
  const made = await mkdtemp(join(tmpdir(), "maru-e2e-"));
  await startOnce(made);
  await rename(made, template).catch(async (error: unknown) => {
    await rm(made, { recursive: true, force: true });
    if (!(await isFolder(template))) throw error;
  });
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function hashSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const source of sources) {
    const paths = await Array.fromAsync(new Bun.Glob(source).scan(root));
    for (const path of paths.sort()) hash.update(`${path}\n`).update(await Bun.file(join(root, path)).text());
  }
  return hash.digest("hex").slice(0, 12);
}
