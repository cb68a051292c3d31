import { basename, dirname } from "node:path/posix";
import { readArchitecture } from "../architecture.ts";
import { type Check, counted, type Fault } from "../fault.ts";
import { isTypeScript } from "../source-tree.ts";
import { type Node, syntaxOf } from "../syntax.ts";

/** Only packages and features have an entry point that passes on what lies behind it; other barrels hide where things live. */
export const entryPoints: Check = {
  name: "entry-points",
  run(tree) {
    const architecture = readArchitecture(tree);
    const isEntryPoint = (file: string) =>
      basename(file) === "index.ts" &&
      architecture.entryPoints.some((area) => dirname(file) === area || dirname(file) === `${area}/src`);
    const files = tree.files.filter(isTypeScript);
    const faults: Fault[] = [];
    for (const file of files) {
      const statements = syntaxOf(tree, file).program.body as Node[];
      const isBarrel = statements.length > 0 && statements.every(isReExport);
      if (isBarrel && !isEntryPoint(file))
        faults.push({ file, message: "only passes on other files; import those where they are." });
      const isFeature = file.startsWith(`${architecture.features.folder}/`);
      if (isFeature && isEntryPoint(file) && statements.some(({ type }) => type === "ExportAllDeclaration")) {
        faults.push({ file, message: "a feature's entry point names what it lets out; replace `export *`." });
      }
    }
    for (const area of architecture.entryPoints) {
      const hasEntryPoint = tree.files.some((file) => file.startsWith(`${area}/`) && isEntryPoint(file));
      if (!hasEntryPoint) faults.push({ file: area, message: "has no index.ts to enter by." });
      const isFeature = area.startsWith(`${architecture.features.folder}/`);
      if (isFeature && !tree.files.includes(`${area}/README.md`)) {
        faults.push({ file: area, message: "has no README.md that says what it owns and what always holds." });
      }
    }
    return {
      read: `${counted(files.length, "file")}, ${counted(architecture.entryPoints.length, "entry point")}`,
      faults,
    };
  },
};

function isReExport({ type, source }: Node): boolean {
  return (
    type === "ExportAllDeclaration" || (type === "ExportNamedDeclaration" && source !== null && source !== undefined)
  );
}
