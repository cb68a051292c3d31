import { commandLines } from "../../apps/server/src/cli/command-lines.ts";
import { runCommand } from "../../apps/server/src/cli/run-command.ts";

/**
 * Runs one line of words after another through the server's command line and tells of each how it ended and what it wrote:
 * a process of its own for each would take minutes. Reads the lines as JSON from standard input.
 */
const lines = (await Bun.stdin.json()) as { words: string[]; env: Record<string, string> }[];
const results: { code: number; output: string }[] = [];
let output = "";
const keep = (...parts: unknown[]) => {
  output += `${parts.map((part) => (typeof part === "string" ? part : Bun.inspect(part))).join(" ")}\n`;
};
console.log = keep;
console.error = keep;
const tell = process.stdout.write.bind(process.stdout);
process.stderr.write = (text: string | Uint8Array) => {
  output += String(text);
  return true;
};
const planted = { name: "planted", doc: "", run: () => Promise.reject(new TypeError("planted")) };
(commandLines as (typeof planted)[]).push(planted);
for (const { words, env } of lines) {
  output = "";
  Object.assign(process.env, env);
  const code = await runCommand(words);
  for (const name of Object.keys(env)) delete process.env[name];
  results.push({ code, output });
}
tell(JSON.stringify(results), () => process.exit(0));
