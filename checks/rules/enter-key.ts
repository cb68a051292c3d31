import { type Check, counted, type Fault } from "../fault.ts";
import { isTestCode, isTypeScript, type SourceTree } from "../source-tree.ts";
import { identifierName, isNode, type Node, syntaxOf, walk } from "../syntax.ts";

/** Where keys are pressed. */
const folders = ["apps/web/src/", "packages/ui/src/"];

/** The one place that knows of Enter and of input methods. */
const rule = "packages/ui/src/enter-key/enter-key.ts";

const members = new Set(["isComposing", "keyCode", "which"]);
const events = /^on(KeyPress|Composition(Start|Update|End))$/;

/** A comment that exempts the line after it, with its reason: a place that is no field. */
const exemption = /^\s*enter: \S+/;

/** Enter means one thing in every field: no component reads it, or what an input method does, by itself. */
export const enterKey: Check = {
  name: "enter-key",
  run(tree) {
    const files = tree.files.filter(
      (file) =>
        isTypeScript(file) && !isTestCode(file) && file !== rule && folders.some((folder) => file.startsWith(folder)),
    );
    return { read: counted(files.length, "file"), faults: files.flatMap((file) => findFaults(tree, file)) };
  },
};

function findFaults(tree: SourceTree, file: string): Fault[] {
  const { program, comments, lineOf } = syntaxOf(tree, file);
  const exempt = new Set(comments.filter(({ value }) => exemption.test(value)).map(({ end }) => lineOf(end) + 1));
  const faults: Fault[] = [];
  walk(program, (node) => {
    const seen = nameOf(node);
    const line = lineOf(node.start);
    if (seen === undefined || exempt.has(line)) return;
    faults.push({ file, line, message: `${seen} is read here; a field's Enter submits its form (followEnterKey).` });
  });
  return faults;
}

/** What a node reads of the keyboard that only the rule may read. */
function nameOf(node: Node): string | undefined {
  if (node.type === "Literal" && (node.value === "Enter" || node.value === "NumpadEnter")) return `"${node.value}"`;
  if (node.type === "MemberExpression" || node.type === "Property") {
    const name = identifierName(node.property ?? node.key);
    if (name !== undefined && members.has(name)) return name;
  }
  if (node.type === "JSXAttribute" && isNode(node.name)) {
    const { name } = node.name;
    if (typeof name === "string" && events.test(name)) return name;
  }
  return undefined;
}
