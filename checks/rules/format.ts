import { type Check, counted } from "../fault.ts";
import { isTypeScript } from "../source-tree.ts";
import { runTool } from "../tool.ts";

const biome = "@biomejs/biome/bin/biome";

/** Format and lint as biome.json has them. */
export const format: Check = {
  name: "format",
  async run(tree) {
    const { output, isClean } = await runTool(tree.root, biome, [
      "check",
      "--error-on-warnings",
      "--max-diagnostics=200",
    ]);
    const count = Number(/Checked (\d+) files?/.exec(output)?.[1] ?? 0);
    const read = counted(count, "file");
    if (!isClean) return { read, faults: [{ file: "", message: output }] };
    const expected = tree.files.filter(isTypeScript).length;
    const isBlind = count < expected;
    return {
      read,
      faults: isBlind ? [{ file: "biome.json", message: `Biome read only ${read} of ${expected}.` }] : [],
    };
  },
  async repair(tree) {
    await runTool(tree.root, biome, ["check", "--write"]);
  },
};
