import { areaOf, readArchitecture } from "../architecture.ts";
import { type Check, counted, type Fault } from "../fault.ts";
import { findCycles, readModuleGraph } from "../module-graph.ts";
import { isTypeScript, type SourceTree } from "../source-tree.ts";
import { findImportFault, findTableFaults } from "./boundary-rules.ts";

/**
 * Holds every import against architecture.json, and refuses cycles. A check like this is worth nothing when it quietly
 * reads nothing, so it fails unless it has read exactly the TypeScript files that are there.
 */
export const boundaries: Check = {
  name: "boundaries",
  run(tree) {
    const architecture = readArchitecture(tree);
    const graph = readModuleGraph(tree);
    const faults: Fault[] = [...compareWithTree(tree, graph), ...findTableFaults(architecture, tree.files)];
    let count = 0;
    for (const [file, imports] of graph) {
      count += imports.length;
      if (areaOf(architecture, file) === undefined)
        faults.push({ file, message: "no area of architecture.json holds this file." });
      for (const { specifier, line, to } of imports) {
        const message =
          to === undefined ? `${specifier} leads to no file of ours.` : findImportFault(architecture, file, to);
        if (message) faults.push({ file, line, message });
      }
    }
    for (const [file = "", ...others] of findCycles(graph)) {
      faults.push({ file, message: `a cycle of imports: ${[file, ...others].join(" → ")}.` });
    }
    return { read: `${counted(graph.size, "module")}, ${counted(count, "import")}`, faults };
  },
};

function compareWithTree(tree: SourceTree, graph: ReadonlyMap<string, unknown>): Fault[] {
  const unread = tree.files.filter((file) => isTypeScript(file) && !graph.has(file));
  if (graph.size === 0) return [{ file: "", message: "the boundary check read no module at all." }];
  return unread.map((file) => ({
    file,
    message:
      "the boundary check did not read this file; keep code in packages, apps, bench, checks, conformance, e2e or scenarios.",
  }));
}
