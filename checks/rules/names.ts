import { basename } from "node:path/posix";
import { type Check, counted, type Fault } from "../fault.ts";
import { codeRoots, isTypeScript, type SourceTree } from "../source-tree.ts";
import { identifierName, isNode, type Node, syntaxOf } from "../syntax.ts";

/** Words that say nothing about what is inside. */
const emptyWords = ["util", "utils", "helper", "helpers", "common", "misc", "manager", "data", "info", "v2", "legacy"];
const emptySuffix = /(Utils?|Helpers?|Manager|Misc|Data|Info|V2|Legacy)$/;

const kebabCase = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
/** Names that others prescribe. */
const prescribed = /^(README(\.ko)?\.md|CHANGELOG\.md|Dockerfile|Chart\.yaml|_helpers\.tpl|NOTES\.txt)$/;

/** Files are kebab-case, and neither files nor exports carry a word that could hold anything. */
export const names: Check = {
  name: "names",
  run(tree) {
    const files = tree.files.filter((file) =>
      [...codeRoots, "docs", "deploy"].some((root) => file.startsWith(`${root}/`)),
    );
    const faults: Fault[] = [];
    for (const file of files) {
      faults.push(...findPathFaults(file));
      if (isTypeScript(file)) faults.push(...findExportFaults(tree, file));
    }
    return { read: counted(files.length, "file"), faults };
  },
};

function findPathFaults(file: string): Fault[] {
  const faults: Fault[] = [];
  for (const part of file.split("/")) {
    const isFile = part === basename(file);
    if (!(isFile && prescribed.test(part)) && !kebabCase.test(part))
      faults.push({ file, message: `"${part}" is not kebab-case.` });
    const lastWord = part.replace(/^\d+-/, "").split(".")[0]?.split("-").at(-1) ?? "";
    if (emptyWords.includes(lastWord))
      faults.push({ file, message: `"${lastWord}" says nothing; name it after what it does.` });
  }
  return faults;
}

function findExportFaults(tree: SourceTree, file: string): Fault[] {
  const { program, lineOf } = syntaxOf(tree, file);
  return (program.body as Node[])
    .filter(({ type }) => type === "ExportNamedDeclaration")
    .flatMap(({ declaration }) => (isNode(declaration) ? declaredNames(declaration) : []))
    .filter(({ name }) => emptySuffix.test(name))
    .map(({ name, start }) => ({ file, line: lineOf(start), message: `"${name}" ends in a word that says nothing.` }));
}

function declaredNames(declaration: Node): { name: string; start: number }[] {
  const declarators = declaration.type === "VariableDeclaration" ? (declaration.declarations as Node[]) : [declaration];
  return declarators.flatMap(({ id, start }) => {
    const name = identifierName(id);
    return name === undefined ? [] : [{ name, start }];
  });
}
