import { type Check, counted, type Fault } from "../../fault.ts";
import { isTestCode, isTypeScript, type SourceTree } from "../../source-tree.ts";
import { identifierName, isNode, type Node, type Syntax, syntaxOf, walk } from "../../syntax.ts";

const folder = "apps/server/src/features/";
/** Who pairs holds its lease from round to round, and the list of who waits in memory with it. */
const pairing = "apps/server/src/features/matching/";

/** A comment that exempts the statement that follows it, and must give a reason. */
const exemption = /^\s*re-arms: \S+/;

/**
 * No feature keeps a loop or a lease of its own: what is owed is a job, which one node does, under a fence, with a bound and
 * an end; what each node has to look at again and again is a periodic task.
 */
export const ownLoops: Check = {
  name: "own-loops",
  run(tree) {
    const files = tree.files.filter((file) => isTypeScript(file) && !isTestCode(file) && file.startsWith(folder));
    return { read: counted(files.length, "file"), faults: files.flatMap((file) => findLoops(tree, file)) };
  },
};

function findLoops(tree: SourceTree, file: string): Fault[] {
  const syntax = syntaxOf(tree, file);
  const functions = listFunctions(syntax.program);
  const exempt = listExempt(syntax);
  const faults: Fault[] = [];
  walk(syntax.program, (node, ancestors) => {
    if (node.type !== "CallExpression") return;
    const line = syntax.lineOf(node.start);
    if (/^(create|open)Lease$/.test(nameOf(node.callee) ?? "") && !file.startsWith(pairing)) {
      faults.push({ file, line, message: "A lease of its own; make it a job (platform/jobs), which has a fence." });
    }
    if (nameOf(node.callee) !== "setTimeout" || exempt.has(line)) return;
    const [callback] = node.arguments as Node[];
    const owner = ancestors.findLast((one) => functions.nameOf.has(one));
    const ownName = owner && functions.nameOf.get(owner);
    if (callback && ownName !== undefined && reaches(callback, ownName, functions.byName)) {
      faults.push({
        file,
        line,
        message: `${ownName} sets its timer again: a loop of its own. Make it a job (platform/jobs), or a PeriodicTask if each node has to do it.`,
      });
    }
  });
  return faults;
}

type Functions = { readonly byName: ReadonlyMap<string, Node>; readonly nameOf: ReadonlyMap<Node, string> };

/** Functions and methods of a file by their names; those without one belong to the one that they stand in. */
function listFunctions(program: Node): Functions {
  const byName = new Map<string, Node>();
  const nameOfNode = new Map<Node, string>();
  walk(program, (node) => {
    const isNamed = /^(FunctionDeclaration|VariableDeclarator|MethodDefinition|PropertyDefinition|Property)$/.test(
      node.type,
    );
    const name = isNamed ? nameOf(node.id ?? node.key) : undefined;
    const body = node.type === "FunctionDeclaration" ? node : (node.init ?? node.value);
    if (name === undefined || !isNode(body) || !/Function/.test(body.type)) return;
    byName.set(name, body);
    nameOfNode.set(body, name);
  });
  return { byName, nameOf: nameOfNode };
}

/** Whether what a callback calls comes back to a function of the file, however many of its functions lie between. */
function reaches(from: Node, target: string, byName: ReadonlyMap<string, Node>): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let node = open.pop(); node; node = open.pop()) {
    walk(node, ({ type, callee }) => {
      const name = type === "CallExpression" ? nameOf(callee) : undefined;
      const body = name === undefined ? undefined : byName.get(name);
      if (name === undefined || body === undefined || seen.has(name)) return;
      seen.add(name);
      open.push(body);
    });
  }
  return seen.has(target);
}

/** The last word of what is called or declared: `f`, `this.f`, `this.#f`. */
function nameOf(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (value.type === "MemberExpression") return nameOf(value.property);
  if (value.type === "PrivateIdentifier") return `#${String(value.name)}`;
  return identifierName(value);
}

function listExempt({ program, comments, lineOf }: Syntax): ReadonlySet<number> {
  const commented = new Set(comments.filter(({ value }) => exemption.test(value)).map(({ end }) => lineOf(end)));
  const covered = new Set<number>();
  if (commented.size > 0) {
    walk(program, ({ type, start, end }) => {
      if (type === "Program" || !commented.has(lineOf(start) - 1)) return;
      for (let line = lineOf(start); line <= lineOf(end); line += 1) covered.add(line);
    });
  }
  return covered;
}
