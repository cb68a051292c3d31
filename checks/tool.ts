import { join } from "node:path";

export type ToolRun = { readonly output: string; readonly isClean: boolean };

/**
 * Runs a program of node_modules under Bun, so that no Node is needed on the machine, and collects what it says; `input` is
 * what it reads.
 */
export async function runTool(root: string, script: string, args: readonly string[], input = ""): Promise<ToolRun> {
  const modules = join(import.meta.dir, "../node_modules");
  const tool = Bun.spawn([process.execPath, "--bun", `${modules}/${script}`, ...args], {
    cwd: root,
    stdin: new Blob([input]),
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1" },
  });
  const [stdout, stderr] = await Promise.all([new Response(tool.stdout).text(), new Response(tool.stderr).text()]);
  return { output: `${stdout}${stderr}`.trim(), isClean: (await tool.exited) === 0 };
}
