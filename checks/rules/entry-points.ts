import { basename, dirname } from "node:path/posix";
import { readArchitecture } from "../architecture.ts";
import { type Check, counted, type Fault } from "../fault.ts";
import { isTypeScript } from "../source-tree.ts";
import { type Node, syntaxOf } from "../syntax.ts";

/** Only packages and features have a door that passes on what lies behind it; other barrels hide where things live. */
export const doors: Check = {
  name: "doors",
  run(tree) {
    const architecture = readArchitecture(tree);
    const isDoor = (file: string) =>
      basename(file) === "index.ts" &&
      architecture.doors.some((area) => dirname(file) === area || dirname(file) === `${area}/src`);
    const files = tree.files.filter(isTypeScript);
    const faults: Fault[] = [];
    for (const file of files) {
      const statements = syntaxOf(tree, file).program.body as Node[];
      const isBarrel = statements.length > 0 && statements.every(isReExport);
      if (isBarrel && !isDoor(file))
        faults.push({ file, message: "only passes on other files; import those where they are." });
      const isFeature = file.startsWith(`${architecture.features.folder}/`);
      if (isFeature && isDoor(file) && statements.some(({ type }) => type === "ExportAllDeclaration")) {
        faults.push({ file, message: "a feature's door names what it lets out; replace `export *`." });
      }
    }
    for (const area of architecture.doors) {
      const hasDoor = tree.files.some((file) => file.startsWith(`${area}/`) && isDoor(file));
      if (!hasDoor) faults.push({ file: area, message: "has no index.ts to enter by." });
      const isFeature = area.startsWith(`${architecture.features.folder}/`);
      if (isFeature && !tree.files.includes(`${area}/README.md`)) {
        faults.push({ file: area, message: "has no README.md that says what it owns and what always holds." });
      }
    }
    return { read: `${counted(files.length, "file")}, ${counted(architecture.doors.length, "door")}`, faults };
  },
};

function isReExport({ type, source }: Node): boolean {
  return (
    type === "ExportAllDeclaration" || (type === "ExportNamedDeclaration" && source !== null && source !== undefined)
  );
}
