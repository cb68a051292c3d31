import { readArchitecture } from "../../architecture.ts";
import { type Check, counted, type Fault } from "../../fault.ts";
import { isTestCode, isTypeScript, type SourceTree } from "../../source-tree.ts";
import { type Node, syntaxOf, walk } from "../../syntax.ts";

const server = "apps/server/src";
const serverList = `${server}/app.ts`;
const protocol = "packages/protocol/src";
const protocolList = `${protocol}/features.ts`;
/** More than a list has: whatever else there is to do belongs to the node, or to a feature. */
const maxLines = 120;

/**
 * Features are named in the lists of features alone: what composes them knows none by its name, so that a new one is a folder
 * and a line. Each that has a folder stands in its list.
 */
export const featureLists: Check = {
  name: "feature-lists",
  run(tree) {
    const { features } = readArchitecture(tree);
    const composing = tree.files.filter((file) => isTypeScript(file) && !isTestCode(file) && isComposing(file));
    const faults = [
      ...composing.flatMap((file) => findNames(tree, file, features.names)),
      ...findUnlisted(tree, features.folder, serverList),
      ...findUnlisted(tree, protocol, protocolList),
    ];
    const lineCount = tree.files.includes(serverList) ? tree.read(serverList).split("\n").length - 1 : 0;
    if (lineCount >= maxLines) {
      faults.push({ file: serverList, message: `${lineCount} lines; a list of features has less than ${maxLines}.` });
    }
    return { read: `${counted(features.names.length, "feature")}, ${counted(composing.length, "file")}`, faults };
  },
};

/** Files that put features together or stand below them. */
function isComposing(file: string): boolean {
  return (
    /^apps\/server\/src\/(feature-contract|node)\//.test(file) ||
    /^apps\/server\/src\/(migrations|sealed-columns)\.ts$/.test(file) ||
    /^packages\/protocol\/src\/feature-protocol\.ts$/.test(file)
  );
}

/** Names of features in what composes them: `exports.rooms`, `"rooms"`, `{ rooms }`. */
function findNames(tree: SourceTree, file: string, names: readonly string[]): Fault[] {
  const syntax = syntaxOf(tree, file);
  const faults: Fault[] = [];
  walk(syntax.program, (node: Node) => {
    const word = node.type === "Literal" ? node.value : node.type === "Identifier" ? node.name : undefined;
    if (typeof word !== "string" || !names.includes(word)) return;
    faults.push({
      file,
      line: syntax.lineOf(node.start),
      message: `names the feature ${word}, which ${serverList} alone lists; let the feature offer it as a part, or take it as a port.`,
    });
  });
  return faults;
}

/** Folders of features that their list does not import. */
function findUnlisted(tree: SourceTree, folder: string, list: string): Fault[] {
  if (!tree.files.includes(list)) return [];
  const names = new Set(
    tree.files
      .filter((file) => isTypeScript(file) && file.startsWith(`${folder}/`))
      .flatMap(
        (file) =>
          file
            .slice(folder.length + 1)
            .split("/")
            .slice(0, -1)[0] ?? [],
      ),
  );
  const text = tree.read(list);
  return [...names]
    .filter((name) => !text.includes(`/${name}/`))
    .map((name) => ({ file: `${folder}/${name}`, message: `is not in the list of features, ${list}.` }));
}
