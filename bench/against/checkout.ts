import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../usage-error.ts";

/** A tree of the product that a bench can start. */
export type Checkout = {
  readonly root: string;
  /** The Bun that its server runs on. */
  readonly runtime: string;
  /** What reports call it. */
  readonly label: string;
};

const ownRoot = join(import.meta.dir, "../..");

/** Older builds that are kept; each takes about as much room as the checkout with its packages. */
const keptBuilds = 3;

export const thisCheckout: Checkout = { root: ownRoot, runtime: process.execPath, label: "this checkout" };

/**
 * Builds another commit beside this checkout, in `.maru/against/`, or takes the build that is there. Throws an error in
 * words when there is no such commit or when it does not build.
 */
export async function prepareCheckout(revision: string, print: (text: string) => void): Promise<Checkout> {
  const commit = await findCommit(revision);
  const builds = join(ownRoot, ".maru/against");
  const root = join(builds, commit);
  if (!existsSync(root)) {
    print(`building ${commit.slice(0, 10)} …`);
    mkdirSync(builds, { recursive: true });
    removeOldBuilds(builds);
    // Built under another name, so that a build cut short is never taken for a whole one.
    const unfinished = join(builds, `unfinished-${process.pid}`);
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished);
    try {
      await run(["sh", "-c", 'git -C "$1" archive "$2" | tar -x -C "$3"', "sh", ownRoot, commit, unfinished]);
      await linkPackages(unfinished);
      await run(["sh", join(unfinished, "maru"), "build"]);
      renameSync(unfinished, root);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      throw error;
    }
  }
  return { root, runtime: findRuntime(root), label: commit.slice(0, 10) };
}

/**
 * Takes this checkout's packages over where the other commit names the same ones: by links, since installing takes longer
 * than all the rest. Caches of tools are left out: they are written in place.
 */
async function linkPackages(root: string): Promise<void> {
  const read = (at: string) => readFileSync(join(at, "package-lock.json"), "utf8");
  if (!existsSync(join(ownRoot, "node_modules/.maru-installed")) || read(root) !== read(ownRoot)) return;
  const folders = ["apps", "packages"].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(parent, name, "node_modules")),
  );
  for (const folder of ["node_modules", ...folders].filter((each) => existsSync(join(ownRoot, each)))) {
    // Packages on another file system cannot be linked: then they are installed.
    await run(["cp", "-al", join(ownRoot, folder), join(root, folder)]).catch(() => {
      rmSync(join(root, folder), { recursive: true, force: true });
    });
  }
  rmSync(join(root, "node_modules/.cache"), { recursive: true, force: true });
}

/** A revision that git could take for an option is none. */
async function findCommit(revision: string): Promise<string> {
  const words = ["git", "-C", ownRoot, "rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`];
  const found = Bun.spawnSync(words);
  if (found.exitCode !== 0) throw new UsageError(`«${revision}» is no commit of this repository.`);
  return found.stdout.toString().trim();
}

/** The same binary in the other tree's packages; its version may be another one. */
function findRuntime(root: string): string {
  const own = thisCheckout.runtime;
  const there = own.startsWith(ownRoot) ? join(root, own.slice(ownRoot.length)) : own;
  return existsSync(there) ? there : own;
}

function removeOldBuilds(builds: string): void {
  const byAge = readdirSync(builds)
    .map((name) => ({ path: join(builds, name), at: statSync(join(builds, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { path } of byAge.slice(keptBuilds - 1)) rmSync(path, { recursive: true, force: true });
}

async function run(words: string[]): Promise<void> {
  const child = Bun.spawn(words, { stdout: "pipe", stderr: "pipe" });
  const [output, errors, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (status !== 0) throw new Error(`The other commit does not build:\n${(output + errors).slice(-2_000)}`);
}
