import { type Comment, parseSync } from "oxc-parser";
import type { SourceTree } from "./source-tree.ts";

/** A node of the syntax tree (ESTree with TypeScript's additions), seen without its precise type. */
export type Node = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
};

export type Syntax = {
  readonly program: Node;
  readonly comments: readonly Comment[];
  /** The line of an offset, counted from 1. */
  lineOf(offset: number): number;
};

const parsed = new WeakMap<SourceTree, Map<string, Syntax>>();

/** Parses a file of the tree, once however many checks ask. */
export function syntaxOf(tree: SourceTree, file: string): Syntax {
  const known = parsed.get(tree) ?? new Map<string, Syntax>();
  parsed.set(tree, known);
  const syntax = known.get(file) ?? parse(file, tree.read(file));
  known.set(file, syntax);
  return syntax;
}

function parse(file: string, text: string): Syntax {
  const { program, comments, errors } = parseSync(file, text);
  const error = errors.find(({ severity }) => severity === "Error");
  if (error) throw new Error(`${file} does not parse: ${error.message}`);
  return {
    program: program as unknown as Node,
    comments,
    lineOf: (offset) => text.slice(0, offset).split("\n").length,
  };
}

/** Visits a node and everything below it; `ancestors` runs from the root to the parent. */
export function walk(
  node: Node,
  visit: (node: Node, ancestors: readonly Node[]) => void,
  ancestors: Node[] = [],
): void {
  visit(node, ancestors);
  ancestors.push(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit, ancestors);
  }
  ancestors.pop();
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

/** The name of an identifier node, or undefined for any other node. */
export function identifierName(value: unknown): string | undefined {
  return isNode(value) && value.type === "Identifier" ? String(value.name) : undefined;
}

/** `a.b` as ["a", "b"]; undefined for anything but two plain names. */
export function memberNames(value: unknown): readonly [string, string] | undefined {
  if (!isNode(value) || value.type !== "MemberExpression" || value.computed === true) return undefined;
  const object = identifierName(value.object);
  const property = identifierName(value.property);
  return object !== undefined && property !== undefined ? [object, property] : undefined;
}
