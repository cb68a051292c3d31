import { dirname, join, relative } from "node:path";
import { type Check, counted, type Fault } from "../fault.ts";
import { isTypeScript } from "../source-tree.ts";
import { runTool } from "../tool.ts";

/** Types of every project; a TypeScript file that no project holds is a fault, because nobody would check it. */
export const types: Check = {
  name: "types",
  async run(tree) {
    const projects = tree.files.filter((file) => /(^|\/)tsconfig\.json$/.test(file));
    const checked = new Set<string>();
    const faults: Fault[] = [];
    for (const project of projects) {
      // What has not changed since the last check is not checked again: the compiler goes by the contents of the files.
      const memory = join(tree.root, "node_modules/.cache/types", `${project.replaceAll("/", "-")}.tsbuildinfo`);
      const words = ["-p", project, "--listFiles", "--incremental", "--tsBuildInfoFile", memory];
      const { output, isClean } = await runTool(tree.root, "typescript/bin/tsc", words);
      const [listed, complaints] = partition(output.split("\n"), (line) => line.startsWith(tree.root));
      for (const path of listed) checked.add(relative(tree.root, path));
      if (!isClean) faults.push({ file: project, message: `\n${complaints.join("\n")}` });
    }
    const files = tree.files.filter(isTypeScript);
    for (const file of files) {
      if (!checked.has(file))
        faults.push({ file, message: `no tsconfig.json holds this file; look at ${join(dirname(file), "…")}.` });
    }
    return { read: `${counted(projects.length, "project")}, ${counted(files.length, "file")}`, faults };
  },
};

function partition(lines: readonly string[], belongs: (line: string) => boolean): [string[], string[]] {
  return [lines.filter(belongs), lines.filter((line) => !belongs(line))];
}
