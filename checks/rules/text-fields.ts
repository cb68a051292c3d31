import { isTestCode, isTypeScript, type SourceTree } from "../source-tree.ts";
import { identifierName, isNode, type Node, syntaxOf, walk } from "../syntax.ts";

/** Where people write. */
const folders = ["apps/web/src/", "packages/ui/src/"];

/**
 * Every place of the source where a page gets something to write in, as `file: <Element> label`: the elements of HTML,
 * whatever may be edited in place, and each component called a field or a composer.
 */
export function findTextFields(tree: SourceTree): readonly string[] {
  return tree.files
    .filter((file) => file.endsWith(".tsx") && isTypeScript(file) && !isTestCode(file))
    .filter((file) => folders.some((folder) => file.startsWith(folder)))
    .flatMap((file) => findIn(tree, file));
}

function findIn(tree: SourceTree, file: string): string[] {
  const found: string[] = [];
  const text = tree.read(file);
  walk(syntaxOf(tree, file).program, (node) => {
    if (node.type !== "JSXOpeningElement" || !isNode(node.name)) return;
    const attributes = (node.attributes as Node[]).filter(({ type }) => type === "JSXAttribute");
    const attribute = (wanted: string) => attributes.find(({ name }) => isNode(name) && name.name === wanted)?.value;
    const element = text.slice(node.name.start, node.name.end);
    const isField = element === "input" || element === "textarea" || /(Field|Composer)$/.test(element);
    if (!isField && attribute("contentEditable") === undefined) return;
    const label = attribute("label") ?? attribute("aria-label") ?? attribute("type");
    const field = `${file}: <${element}>${isNode(label) ? ` ${wordsOf(label, text)}` : ""}`;
    const sameCount = found.filter((other) => other === field || other.startsWith(`${field} #`)).length;
    found.push(sameCount === 0 ? field : `${field} #${sameCount + 1}`);
  });
  return found;
}

/** A label as it stands in the source, without what only calls it up. */
function wordsOf(label: Node, text: string): string {
  const inner = isNode(label.expression) ? label.expression : label;
  const [first] = Array.isArray(inner.arguments) ? (inner.arguments as Node[]) : [];
  if (inner.type === "Literal") return String(inner.value);
  if (inner.type === "CallExpression" && first?.type === "Literal") return String(first.value);
  return identifierName(inner) ?? text.slice(inner.start, inner.end);
}
