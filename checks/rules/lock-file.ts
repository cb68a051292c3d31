import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Check, counted, type Fault } from "../fault.ts";
import type { SourceTree } from "../source-tree.ts";

const lockPath = "package-lock.json";

const dependencies = z.record(z.string(), z.string()).default({});
const schema = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({ dev: z.boolean().optional(), resolved: z.string().optional(), optionalDependencies: dependencies }),
  ),
});
type Lock = z.infer<typeof schema>;

/**
 * The lock file names no registry, so that it installs through whichever one a machine has; and it holds an entry for
 * the optional packages of every platform, because `npm ci` refuses a lock that lacks one. npm leaves them out when
 * the registry at hand does not carry them.
 */
export const lockFile: Check = {
  name: "lock-file",
  run(tree) {
    const lock = readLock(tree);
    const addresses = Object.entries(lock.packages)
      .filter(([, { resolved }]) => resolved !== undefined && /^[a-z+]+:/.test(resolved))
      .map(([name, { resolved }]): Fault => ({ file: lockPath, message: `${name} names an address: ${resolved}.` }));
    const missing = findMissing(lock).map(
      ({ name, needer }): Fault => ({
        file: lockPath,
        message: `${name}, an option of ${needer}, has no entry; run ./maru check --write.`,
      }),
    );
    return { read: counted(Object.keys(lock.packages).length, "package"), faults: [...addresses, ...missing] };
  },
  repair(tree) {
    const lock = readLock(tree);
    const missing = findMissing(lock);
    if (missing.length === 0) return;
    for (const { name, version, isDev } of missing) {
      lock.packages[`node_modules/${name}`] = describePlatformPackage(name, version, isDev) as Lock["packages"][string];
    }
    const sorted = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileSync(join(tree.root, lockPath), `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`);
  },
};

/** Only read through the schema, and kept as it stands in the file, so that a repair adds nothing but what is missing. */
function readLock(tree: SourceTree): Lock {
  const json: unknown = JSON.parse(tree.read(lockPath));
  schema.parse(json);
  return json as Lock;
}

type Missing = { readonly name: string; readonly version: string; readonly needer: string; readonly isDev: boolean };

function findMissing({ packages }: Lock): Missing[] {
  return Object.entries(packages).flatMap(([needer, { dev = false, optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !isInstalledFor(packages, needer, name))
      .map(([name, version]) => ({ name, version, needer, isDev: dev })),
  );
}

/** Looks a package up as Node does: beside the one that needs it, then in each folder above. */
function isInstalledFor(packages: Lock["packages"], needer: string, name: string): boolean {
  const parts = needer.split("/");
  return (
    parts.some((_, index) => `${parts.slice(0, index + 1).join("/")}/node_modules/${name}` in packages) ||
    `node_modules/${name}` in packages
  );
}

/** What npm would have written, read off the name: `@swc/core-linux-arm-gnueabihf` runs on Linux, arm, glibc. */
function describePlatformPackage(name: string, version: string, isDev: boolean): Record<string, unknown> {
  const words = name.split("/").at(-1) ?? name;
  const system = /android|darwin|freebsd|linux|openharmony|win32/.exec(words)?.[0];
  const processor = /arm64|x64|ppc64|riscv64|s390x|ia32|wasm32|arm(?=-)/.exec(words)?.[0];
  const libc = /musl/.test(words) ? "musl" : system === "linux" && /gnu/.test(words) ? "glibc" : undefined;
  return {
    version,
    ...(processor ? { cpu: [processor] } : {}),
    ...(isDev ? { dev: true } : {}),
    ...(libc ? { libc: [libc] } : {}),
    optional: true,
    ...(system ? { os: [system] } : {}),
  };
}
