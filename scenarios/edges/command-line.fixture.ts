import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { looksLikeTrace } from "./traces.ts";

/** What is typed, and the variables that stand around it. */
export type Line = { readonly words: readonly string[]; readonly env?: Readonly<Record<string, string>> };
export type Ended = { readonly code: number; readonly output: string };

const bare = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: "/nonexistent" };

/** Runs lines through the server's command line, in an empty folder; tells too what they left in it. */
export async function runLines(lines: readonly Line[]): Promise<{ ended: Ended[]; left: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), "maru-edges-"));
  try {
    const child = Bun.spawn([process.execPath, "--no-env-file", join(import.meta.dir, "command-line-child.ts")], {
      cwd: folder,
      env: bare,
      stdin: new Blob([JSON.stringify(lines.map(({ words, env = {} }) => ({ words, env })))]),
      stdout: "pipe",
      stderr: "pipe",
    });
    const [told, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    if ((await child.exited) !== 0) throw new Error(`The lines were not run: ${errors.slice(0, 2_000)}`);
    return { ended: JSON.parse(told) as Ended[], left: await readdir(folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs programs of the checkout, each as a process of its own, a few at a time. */
export async function runPrograms(programs: readonly (readonly string[])[]): Promise<Ended[]> {
  const ended: Ended[] = [];
  const root = join(import.meta.dir, "../..");
  let next = 0;
  const work = async () => {
    for (let i = next++; i < programs.length; i = next++) {
      const [file = "", ...words] = programs[i] ?? [];
      const child = Bun.spawn([process.execPath, "--no-install", "--no-env-file", join(root, file), ...words], {
        cwd: tmpdir(),
        env: bare,
        stdout: "pipe",
        stderr: "pipe",
      });
      const [out, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
      ended[i] = { code: await child.exited, output: out + errors };
    }
  };
  await Promise.all([work(), work(), work()]);
  return ended;
}

/** What is wrong with how a refused line ended; null when it was said in a few words. */
export function faultOf({ code, output }: Ended, { maxLines = 12 } = {}): string | null {
  if (code <= 0) return `ended with ${code}`;
  if (output.trim() === "") return "said nothing";
  if (looksLikeTrace(output)) return `showed a trace: ${output.slice(0, 300)}`;
  if (output.trim().split("\n").length > maxLines) return `said too much: ${output.slice(0, 300)}`;
  if (output.split("\n").some((line) => line.length > 1_000)) return `said a long line: ${output.slice(0, 100)}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what may not reach a terminal
  if (/[\u0000-\u0009\u000b-\u001f\u007f]/.test(output))
    return `moved the terminal's cursor: ${JSON.stringify(output)}`;
  return null;
}
