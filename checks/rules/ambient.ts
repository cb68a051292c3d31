import { type Check, counted, type Fault } from "../fault.ts";
import { isTestCode, isTypeScript, type SourceTree } from "../source-tree.ts";
import { identifierName, isNode, memberNames, type Node, type Syntax, syntaxOf, walk } from "../syntax.ts";

/** Where time, chance, network and output come from outside, so that tests can move them. */
const strictFolders = [
  "apps/server/src/features/",
  "apps/server/src/gateway/",
  "packages/client/src/",
  "packages/protocol/src/",
];

/** What is not taken from the environment there, and what to use instead. */
const insteadOf: Readonly<Record<string, string>> = {
  "Date.now": "the clock",
  "new Date": "the clock",
  "performance.now": "clock.monotonic",
  setTimeout: "clock.setTimeout",
  setInterval: "clock.setTimeout",
  setImmediate: "clock.setTimeout",
  "Bun.sleep": "clock.setTimeout",
  "Bun.nanoseconds": "clock.monotonic",
  "Math.random": "the source of ids or chance that is passed in",
  "crypto.randomUUID": "the source of ids that is passed in",
  "crypto.getRandomValues": "the source of ids that is passed in",
  "Bun.randomUUIDv7": "the source of ids that is passed in",
  fetch: "the http client that is passed in",
  WebSocket: "the socket factory that is passed in",
  localStorage: "the storage that is passed in",
  sessionStorage: "the storage that is passed in",
  indexedDB: "the storage that is passed in",
  console: "the log that is passed in",
  "process.env": "config",
  "Bun.env": "config",
};

/**
 * A comment that exempts, and must give a reason: `// ambient: …` the statement, property or method that follows it,
 * `// ambient in this file: …` everything, for a file that is the adapter to the environment.
 */
const exemption = /^\s*ambient( in this file)?: \S+/;

export const ambient: Check = {
  name: "ambient",
  run(tree) {
    const files = tree.files.filter(
      (file) => isTypeScript(file) && !isTestCode(file) && strictFolders.some((folder) => file.startsWith(folder)),
    );
    return { read: counted(files.length, "file"), faults: files.flatMap((file) => findAmbient(tree, file)) };
  },
};

function findAmbient(tree: SourceTree, file: string): Fault[] {
  const syntax = syntaxOf(tree, file);
  const own = declaredNames(syntax.program);
  const isExempt = readExemptions(syntax);
  const faults: Fault[] = [];
  walk(syntax.program, (node, ancestors) => {
    const name = ambientName(node, ancestors.at(-1));
    const instead = name === undefined ? undefined : insteadOf[name];
    if (name === undefined || instead === undefined || own.has(name.split(/[ .]/)[0] ?? "")) return;
    const line = syntax.lineOf(node.start);
    if (!isExempt(line)) faults.push({ file, line, message: `${name} is taken from the environment; use ${instead}.` });
  });
  return faults;
}

/** The entry of the table that a node reaches for: a global, a method of one, or `new Date()` without a time. */
function ambientName(node: Node, parent: Node | undefined): string | undefined {
  const pair = memberNames(node);
  if (pair) return /^(globalThis|window|self)$/.test(pair[0]) ? pair[1] : pair.join(".");
  if (node.type === "NewExpression" && identifierName(node.callee) === "Date") {
    return (node.arguments as Node[]).length === 0 ? "new Date" : undefined;
  }
  const name = identifierName(node);
  return name !== undefined && parent !== undefined && isReference(node, parent) ? name : undefined;
}

/** Whether an identifier is used as a value, rather than being a property's, a type's or a declaration's name. */
function isReference(node: Node, parent: Node): boolean {
  if (parent.type.startsWith("TS")) return /^TS(As|NonNull|Satisfies|Instantiation)/.test(parent.type);
  if (parent.type === "MemberExpression") return parent.object === node || parent.computed === true;
  if (/^(Property|PropertyDefinition|MethodDefinition)$/.test(parent.type))
    return parent.value === node || parent.computed === true;
  return !/^(Import|Export)\w*Specifier$/.test(parent.type);
}

/** Names that the file itself declares or imports; they hide the global ones. */
function declaredNames(program: Node): Set<string> {
  const names = new Set<string>();
  const declare = (pattern: unknown) => {
    if (!isNode(pattern)) return;
    const name = identifierName(pattern);
    if (name !== undefined) names.add(name);
    for (const part of [pattern.left, pattern.argument, pattern.value]) declare(part);
    for (const part of [pattern.elements, pattern.properties].flat()) declare(part);
  };
  walk(program, (node) => {
    if (node.type === "VariableDeclarator" || /^Import\w*Specifier$/.test(node.type)) declare(node.id ?? node.local);
    if (/Function/.test(node.type)) for (const parameter of node.params as unknown[]) declare(parameter);
    if (/^(Function|Class)Declaration$/.test(node.type)) declare(node.id);
  });
  return names;
}

function readExemptions({ program, comments, lineOf }: Syntax): (line: number) => boolean {
  const exempting = comments.flatMap(({ value, end }) => {
    const match = exemption.exec(value);
    return match ? [{ line: lineOf(end), isWhole: match[1] !== undefined }] : [];
  });
  if (exempting.some(({ isWhole }) => isWhole)) return () => true;
  const commented = new Set(exempting.map(({ line }) => line));
  const covered = new Set(commented);
  if (commented.size > 0) {
    walk(program, ({ type, start, end }) => {
      if (type === "Program" || !commented.has(lineOf(start) - 1)) return;
      for (let line = lineOf(start); line <= lineOf(end); line += 1) covered.add(line);
    });
  }
  return (line) => covered.has(line);
}
