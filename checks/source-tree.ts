import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The files of the project as a check sees them: tracked, or new and not ignored. Paths are relative to the root. */
export type SourceTree = {
  readonly root: string;
  readonly files: readonly string[];
  read(file: string): string;
};

/** Lists what git knows under a folder. Files that were deleted but not yet committed are left out. */
export async function readSourceTree(root: string): Promise<SourceTree> {
  // The checkout may belong to another user than the one who runs the check.
  const git = Bun.spawn(
    ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    {
      cwd: root,
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  const [listing, complaint] = await Promise.all([new Response(git.stdout).text(), new Response(git.stderr).text()]);
  if ((await git.exited) !== 0) throw new Error(`The checks read the list of files from git, which says: ${complaint}`);
  const files = [...new Set(listing.split("\0"))].filter((file) => file !== "" && existsSync(join(root, file)));
  return createSourceTree(root, files.sort());
}

export function createSourceTree(root: string, files: readonly string[]): SourceTree {
  const texts = new Map<string, string>();
  return {
    root,
    files,
    read(file) {
      const text = texts.get(file) ?? readFileSync(join(root, file), "utf8");
      texts.set(file, text);
      return text;
    },
  };
}

/** Folders that hold code; nothing outside them is TypeScript. */
export const codeRoots = ["packages", "apps", "bench", "checks", "scenarios", "conformance", "e2e"] as const;

export function isTypeScript(file: string): boolean {
  return /\.tsx?$/.test(file);
}

/** Tests, and what only tests use: the fixtures they share and the kit they are made with. */
export function isTestCode(file: string): boolean {
  return (
    /\.test\.tsx?$|^(apps|packages)\/.*\.fixture\.tsx?$/.test(file) ||
    /^(packages\/testkit|apps\/server\/src\/testing|e2e)\//.test(file)
  );
}
