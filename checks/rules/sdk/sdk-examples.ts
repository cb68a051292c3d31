import { join } from "node:path/posix";
import { type Check, counted, type Fault } from "../../fault.ts";
import type { SourceTree } from "../../source-tree.ts";
import { identifierName, isNode, type Node, syntaxOf } from "../../syntax.ts";

const packageFolder = "packages/client";

/** Each function and class that a sub-path of the SDK gives out shows by an `@example` how it is used. */
export const sdkExamples: Check = {
  name: "sdk-examples",
  run(tree) {
    const { exports } = JSON.parse(tree.read(`${packageFolder}/package.json`)) as {
      readonly exports: Readonly<Record<string, { readonly types: string }>>;
    };
    const faults = new Map<string, Fault>();
    let count = 0;
    for (const { types } of Object.values(exports)) {
      for (const { file, name } of listExports(tree, join(packageFolder, types))) {
        const declared = findDeclaration(tree, file, name);
        if (!declared) continue;
        count++;
        const { start } = declared;
        if (!/@example\b/.test(commentBefore(tree, file, start)))
          faults.set(`${file} ${name}`, {
            file,
            line: syntaxOf(tree, file).lineOf(start),
            message: `${name} is given out by the SDK without an @example.`,
          });
      }
    }
    return { read: counted(count, "symbol"), faults: [...faults.values()] };
  },
};

/** The names that a module gives out, and the module in which each is declared. */
function listExports(tree: SourceTree, file: string): { readonly file: string; readonly name: string }[] {
  return (syntaxOf(tree, file).program.body as Node[]).flatMap((statement) => {
    if (statement.type !== "ExportNamedDeclaration") return [];
    const from = isNode(statement.source) ? join(file, "..", String(statement.source.value)) : file;
    const named = (statement.specifiers as Node[]).flatMap(({ local }) => identifierName(local) ?? []);
    const own = isNode(statement.declaration) ? (identifierName(statement.declaration.id) ?? []) : [];
    return [...named, own].flat().map((name) => ({ file: from, name }));
  });
}

/** The statement that declares a function or a class; null for types and values, which their users need not call. */
function findDeclaration(tree: SourceTree, file: string, name: string): Node | null {
  const found = (syntaxOf(tree, file).program.body as Node[]).find(({ declaration }) => {
    if (!isNode(declaration) || identifierName(declaration.id) !== name) return false;
    return declaration.type === "FunctionDeclaration" || declaration.type === "ClassDeclaration";
  });
  return found ?? null;
}

function commentBefore(tree: SourceTree, file: string, start: number): string {
  const text = tree.read(file);
  const comment = syntaxOf(tree, file).comments.findLast(({ end }) => end <= start);
  return comment && text.slice(comment.end, start).trim() === "" ? comment.value : "";
}
