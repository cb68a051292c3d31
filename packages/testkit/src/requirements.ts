import { describe, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ownRoot = join(import.meta.dir, "../../..");

/** Programs of the machine that some tests need; `.ci/run` installs all of them. */
const programs = {
  /** The shell without windows first: it is the same browser, and a walk costs it a fifth less of the processor. */
  chromium: {
    names: ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"],
    setting: "CHROMIUM_PATH",
  },
  "nats-server": { names: ["nats-server"], setting: "NATS_SERVER_PATH" },
  "redis-server": { names: ["redis-server"], setting: "REDIS_SERVER_PATH" },
  "rabbitmq-server": { names: ["rabbitmq-server"], setting: "RABBITMQ_SERVER_PATH" },
  nginx: { names: ["nginx"], setting: "NGINX_PATH" },
  gcc: { names: ["gcc", "cc"], setting: "CC" },
  node: { names: ["node"], setting: "NODE_BINARY" },
  prlimit: { names: ["prlimit"], setting: "PRLIMIT_PATH" },
  /** Leave to mount a file system that this process' children alone see, which root has on most machines. */
  /** A clone with history enough to build the commit that `scenarios/compat/reference-commit` names. */
  "reference-commit": { names: ["git"], setting: "GIT_PATH" },
  "private-mounts": { names: ["unshare"], setting: "UNSHARE_PATH" },
} as const;

export type Program = keyof typeof programs;

export type Requirement = {
  /** Where the program is; empty when the machine lacks it, in which case nothing below runs. */
  readonly path: string;
  describe(title: string, body: () => void): void;
  test(title: string, body: () => void | Promise<void>, timeoutMs?: number): void;
};

/**
 * The only way to skip a test: it needs a program that the machine may lack. Such a test carries the reason in its
 * name, where `./maru test` reads it; a test that is skipped without one fails the run.
 *
 * @example
 * const nats = requires("nats-server");
 * nats.describe("the NATS bus", () => { … Bun.spawn([nats.path, "-p", "-1"]) … });
 */
export function requires(program: Program): Requirement {
  const path = findProgram(program);
  if (path !== undefined) {
    return { path, describe, test: (title, body, timeoutMs) => test(title, body, timeoutMs) };
  }
  const explain = (title: string) => `${title} [needs ${program}]`;
  return {
    path: "",
    describe: (title, body) => describe.skip(explain(title), body),
    test: (title, body) => test.skip(explain(title), body),
  };
}

function findProgram(program: Program): string | undefined {
  const { names, setting } = programs[program];
  const isUsable = (path: string) => isGranted(program, path);
  const chosen = process.env[setting];
  if (chosen !== undefined && chosen !== "") return isUsable(chosen) ? chosen : undefined;
  // Servers live where an ordinary user's PATH does not always lead.
  const PATH = `${process.env.PATH ?? ""}:/usr/local/sbin:/usr/sbin:/sbin`;
  return names.map((name) => Bun.which(name, { PATH })).find((path) => path !== null && isUsable(path)) ?? undefined;
}

/** Whether the machine lets a program that it has do what it is needed for. */
function isGranted(program: Program, path: string): boolean {
  if (program === "private-mounts") return canMount(path);
  return program !== "reference-commit" || hasCommit(path, join(ownRoot, "scenarios/compat/reference-commit"));
}

function hasCommit(git: string, file: string): boolean {
  if (!existsSync(file)) return false;
  const commit = readFileSync(file, "utf8").trim();
  return Bun.spawnSync([git, "-C", ownRoot, "cat-file", "-e", `${commit}^{commit}`]).exitCode === 0;
}

function canMount(unshare: string): boolean {
  return Bun.spawnSync([unshare, "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]).exitCode === 0;
}
