import { type Check, counted } from "../fault.ts";
import { isTypeScript } from "../source-tree.ts";
import { runTool } from "../tool.ts";

/** Files, exports and dependencies that nobody uses, and dependencies that nobody declared (knip.json). */
export const deadCode: Check = {
  name: "dead-code",
  async run(tree) {
    const { output, isClean } = await runTool(tree.root, "knip/bin/knip-bun.js", [
      "--no-progress",
      "--no-config-hints",
    ]);
    const read = counted(tree.files.filter(isTypeScript).length, "file");
    return { read, faults: isClean ? [] : [{ file: "", message: output }] };
  },
};
