import { dirname, join } from "node:path/posix";
import { z } from "zod";
import { codeRoots, isTypeScript, type SourceTree } from "./source-tree.ts";
import { isNode, type Node, syntaxOf, walk } from "./syntax.ts";

export type Import = {
  /** What stands in the source: `./rooms.ts`, `@maru/protocol`. */
  readonly specifier: string;
  readonly line: number;
  /** The file it leads to, relative to the root; undefined when it leads nowhere. */
  readonly to: string | undefined;
};

/** Every TypeScript module of the tree with its imports of our own files: static, dynamic, re-exported and type-only. */
export type ModuleGraph = ReadonlyMap<string, readonly Import[]>;

export function readModuleGraph(tree: SourceTree): ModuleGraph {
  const resolve = createResolver(tree);
  const modules = tree.files.filter(
    (file) => isTypeScript(file) && codeRoots.some((root) => file.startsWith(`${root}/`)),
  );
  return new Map(modules.map((file) => [file, readImports(tree, file, resolve)]));
}

function readImports(tree: SourceTree, file: string, resolve: Resolver): Import[] {
  const { program, lineOf } = syntaxOf(tree, file);
  const imports: Import[] = [];
  walk(program, (node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return;
    const target = resolve(file, specifier);
    if (target !== "elsewhere") imports.push({ specifier, line: lineOf(node.start), to: target });
  });
  return imports;
}

/** The specifier of anything that brings in another module, in whatever form it is written. */
function specifierOf(node: Node): string | undefined {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
    case "ImportExpression":
    case "TSImportType":
      return literal(node.source);
    case "TSExternalModuleReference":
      return literal(node.expression);
    case "NewExpression": {
      // `new URL("./worker.ts", import.meta.url)` is how a module is handed to a worker.
      const [path, base] = node.arguments as (Node | undefined)[];
      const isUrl = isNode(node.callee) && node.callee.name === "URL" && base !== undefined;
      const specifier = isUrl ? literal(path) : undefined;
      return specifier !== undefined && isTypeScript(specifier) ? specifier : undefined;
    }
    default:
      return undefined;
  }
}

function literal(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (value.type === "Literal" && typeof value.value === "string") return value.value;
  return undefined;
}

/** A file of ours, undefined when there is none, "elsewhere" for packages of others and files that are not code. */
type Resolver = (from: string, specifier: string) => string | "elsewhere" | undefined;

const manifest = z.looseObject({
  name: z.string().optional(),
  exports: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())])).optional(),
});

function createResolver(tree: SourceTree): Resolver {
  const files = new Set(tree.files);
  const entryPoints = new Map<string, string>();
  for (const file of tree.files.filter((path) => /^(packages|apps)\/[^/]+\/package\.json$/.test(path))) {
    const { name, exports = {} } = manifest.parse(JSON.parse(tree.read(file)));
    for (const [entry, target] of Object.entries(exports)) {
      const path = typeof target === "string" ? target : (target.bun ?? target.types ?? target.import);
      if (name !== undefined && path !== undefined) entryPoints.set(join(name, entry), join(dirname(file), path));
    }
  }
  return (from, specifier) => {
    const isOurs = specifier.startsWith(".") || specifier.startsWith("@maru/");
    if (!isOurs || /\.(css|json|sql|svg|png|html)(\?.*)?$/.test(specifier)) return "elsewhere";
    const path = specifier.startsWith(".") ? join(dirname(from), specifier) : entryPoints.get(specifier);
    return path !== undefined && files.has(path) ? path : undefined;
  };
}

/** The shortest ways round: one cycle for each group of modules that need each other. */
export function findCycles(graph: ModuleGraph): string[][] {
  const cycles: string[][] = [];
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (file: string) => {
    const start = path.indexOf(file);
    if (start >= 0) cycles.push([...path.slice(start), file]);
    if (start >= 0 || finished.has(file)) return;
    path.push(file);
    for (const { to } of graph.get(file) ?? []) if (to !== undefined) visit(to);
    path.pop();
    finished.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return cycles;
}
