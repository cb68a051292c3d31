import { type Check, counted, type Fault } from "../fault.ts";
import { isTypeScript, type SourceTree } from "../source-tree.ts";
import { identifierName, isNode, type Node, syntaxOf, walk } from "../syntax.ts";

/**
 * A path becomes an address by `pathToFileURL` and an address a path by `fileURLToPath`, never by hand: in a checkout whose
 * path holds a blank, `#`, `%` or Hangul the two are different texts.
 */
export const filePaths: Check = {
  name: "file-paths",
  run(tree) {
    const files = tree.files.filter(isTypeScript);
    return { read: counted(files.length, "file"), faults: files.flatMap((file) => findFaults(tree, file)) };
  },
};

function findFaults(tree: SourceTree, file: string): Fault[] {
  // Reading is cheaper than parsing, and few files know where they lie.
  if (!/import\.meta|file:/.test(tree.read(file))) return [];
  const { program, lineOf } = syntaxOf(tree, file);
  const faults: Fault[] = [];
  const places = findPlaces(program);
  walk(program, (node, ancestors) => {
    const message = complaintOf(node, ancestors.at(-1), places);
    if (message !== undefined) faults.push({ file, line: lineOf(node.start), message });
  });
  return faults;
}

function complaintOf(node: Node, parent: Node | undefined, places: ReadonlySet<string>): string | undefined {
  if (node.type === "MemberExpression") {
    const object = node.object;
    if (isPlace(object, places) && !/^(searchParams|protocol)$/.test(identifierName(node.property) ?? "")) {
      return "A file's address is no path: fileURLToPath reads it, and import.meta.dir is the folder of this file.";
    }
    if (isMeta(object, "url"))
      return "import.meta.url is an address: read it with fileURLToPath, or take import.meta.path.";
  }
  if (node.type === "NewExpression" && identifierName(node.callee) === "URL") {
    const parts = listOf(node.arguments);
    if (parts.some(holdsPath)) return "A path is no address: make it one with pathToFileURL.";
  }
  if (node.type === "TemplateLiteral") {
    const quasis = listOf(node.quasis);
    const begins = (quasis[0]?.value as { raw?: string } | undefined)?.raw?.startsWith("file:");
    if (begins && quasis.length > 1) return "A path is no address: make it one with pathToFileURL.";
  }
  if (node.type === "BinaryExpression" && node.operator === "+" && parent?.type !== "BinaryExpression") {
    if (textOf(firstOf(node))?.startsWith("file:")) return "A path is no address: make it one with pathToFileURL.";
  }
  return undefined;
}

/** Names that stand for `new URL(…, import.meta.url)`. */
function findPlaces(program: Node): Set<string> {
  const names = new Set<string>();
  walk(program, (node) => {
    const name = node.type === "VariableDeclarator" ? identifierName(node.id) : undefined;
    if (name !== undefined && isPlace(node.init, names)) names.add(name);
  });
  return names;
}

function isPlace(value: unknown, places: ReadonlySet<string>): boolean {
  const name = identifierName(value);
  if (name !== undefined) return places.has(name);
  if (!isNode(value) || value.type !== "NewExpression" || identifierName(value.callee) !== "URL") return false;
  const base = listOf(value.arguments).at(-1);
  return isMeta(base, "url") || isPlace(base, places);
}

/** Whether an expression has the path of this file or folder in it. */
function holdsPath(value: unknown): boolean {
  let holds = false;
  if (isNode(value)) {
    walk(value, (node, ancestors) => {
      const isConverted = ancestors.some((each) => identifierName(each.callee) === "pathToFileURL");
      const isPath = ["dir", "dirname", "path", "filename"].some((name) => isMeta(node, name));
      if ((isPath || /^__(dir|file)name$/.test(identifierName(node) ?? "")) && !isConverted) holds = true;
    });
  }
  return holds;
}

function isMeta(value: unknown, name: string): boolean {
  return (
    isNode(value) &&
    value.type === "MemberExpression" &&
    isNode(value.object) &&
    value.object.type === "MetaProperty" &&
    identifierName(value.property) === name
  );
}

function firstOf(node: Node): Node {
  return node.type === "BinaryExpression" && isNode(node.left) ? firstOf(node.left) : node;
}

function textOf(node: Node): string | undefined {
  return node.type === "Literal" && typeof node.value === "string" ? node.value : undefined;
}

function listOf(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}
