import { type Check, counted, type Fault } from "../fault.ts";
import { isTestCode, isTypeScript, type SourceTree } from "../source-tree.ts";
import { identifierName, memberNames, type Node, syntaxOf, walk } from "../syntax.ts";

/** What runs in a browser. */
const folders = ["apps/web/src/", "packages/client/src/", "packages/react/src/", "packages/ui/src/"];

/** The places that know how each of these fails, and do not fail with it. */
const guards = ["apps/web/src/shell/storage.ts", "packages/client/src/connection/browser.ts"];

/** What a browser may withhold or throw at, at any touch. */
const globals = new Set(["localStorage", "sessionStorage", "indexedDB", "BroadcastChannel", "caches", "Notification"]);
const members = new Set(["document.cookie", "navigator.locks", "navigator.storage", "navigator.onLine"]);

/** What a browser may withhold is touched behind a guard alone: a private window must not end in a blank page. */
export const browserStorage: Check = {
  name: "browser-storage",
  run(tree) {
    const files = tree.files.filter(
      (file) =>
        isTypeScript(file) &&
        !isTestCode(file) &&
        !guards.includes(file) &&
        folders.some((folder) => file.startsWith(folder)),
    );
    return { read: counted(files.length, "file"), faults: files.flatMap((file) => findFaults(tree, file)) };
  },
};

function findFaults(tree: SourceTree, file: string): Fault[] {
  const { program, lineOf } = syntaxOf(tree, file);
  const faults: Fault[] = [];
  walk(program, (node, ancestors) => {
    const name = nameOf(node, ancestors.at(-1));
    if (name === undefined) return;
    const message = `${name} may be withheld or throw; go through ${guards.join(" or ")}.`;
    faults.push({ file, line: lineOf(node.start), message });
  });
  return faults;
}

function nameOf(node: Node, parent: Node | undefined): string | undefined {
  const pair = memberNames(node);
  if (pair) {
    const [object, member] = pair;
    if (/^(globalThis|window|self)$/.test(object) && globals.has(member)) return member;
    return members.has(pair.join(".")) ? pair.join(".") : undefined;
  }
  const name = identifierName(node);
  const isUsed =
    parent !== undefined && !parent.type.startsWith("TS") && !/^(Property|MemberExpression|Import)/.test(parent.type);
  // As the object of a member, or alone: never as somebody else's member.
  const isObject = parent?.type === "MemberExpression" && parent.object === node;
  return name !== undefined && globals.has(name) && (isUsed || isObject) ? name : undefined;
}
