import { code, table } from "../documents/markdown.ts";
import { type Check, counted, type Fault } from "../fault.ts";
import { codeRoots, isTestCode, isTypeScript, type SourceTree } from "../source-tree.ts";
import { type Syntax, syntaxOf, walk } from "../syntax.ts";
import { type RefusedWord, refusedOpenings, refusedWords } from "./vocabulary-words.ts";

type Words = {
  readonly words: readonly RefusedWord[];
  readonly openings: Readonly<Record<string, string>>;
  /** Where comments may still begin otherwise, with the reason. */
  readonly openingsExcept: Readonly<Record<string, string>>;
};

/** Identifiers, file names and comments hold none of the refused words: one thing has one name, and it is the field's. */
export function createVocabularyCheck({ words, openings, openingsExcept }: Words): Check {
  return {
    name: "vocabulary",
    run(tree) {
      const files = tree.files.filter((file) => codeRoots.some((root) => file.startsWith(`${root}/`)));
      const met = new Set<string>();
      const faults = files.flatMap((file) => [
        ...findNameFaults(tree, file, words, met),
        ...(isTypeScript(file) ? findCommentFaults(tree, file, { words, openings, openingsExcept }, met) : []),
      ]);
      const known = [...words.flatMap(({ except = [] }) => except.map(exceptionKey)), ...Object.keys(openingsExcept)];
      const outlived = known.filter((key) => !met.has(key));
      const stale = outlived.map((key) => ({
        file: "checks/rules/vocabulary-words.ts",
        message: `the exception for ${key} is met nowhere; remove it.`,
      }));
      return { read: counted(files.length, "file"), faults: [...faults, ...stale] };
    },
  };
}

const exceptionKey = ({ file, name }: { file: string; name: string }) => `${name} in ${file}`;

function findNameFaults(tree: SourceTree, file: string, words: readonly RefusedWord[], met: Set<string>): Fault[] {
  const isProduct = isProductCode(file);
  const faults: Fault[] = [];
  const check = (name: string, line?: number) => {
    for (const { word, instead, scope, except = [] } of findRefused(name, words)) {
      if (scope === "product" && !isProduct) continue;
      const exception = except.find((one) => one.file === file && one.name === name);
      if (exception) met.add(exceptionKey(exception));
      else faults.push({ file, ...(line && { line }), message: `"${name}" holds "${word}"; instead: ${instead}.` });
    }
  };
  for (const part of file.split("/")) check(part);
  if (!isTypeScript(file)) return faults;
  const { program, lineOf } = syntaxOf(tree, file);
  const seen = new Map<string, number>();
  walk(program, (node) => {
    if (node.type !== "Identifier" && node.type !== "PrivateIdentifier" && node.type !== "JSXIdentifier") return;
    const name = String(node.name);
    if (!seen.has(name)) seen.set(name, node.start);
  });
  for (const [name, start] of seen) check(name, lineOf(start));
  return faults;
}

function findCommentFaults(tree: SourceTree, file: string, words: Words, met: Set<string>): Fault[] {
  const syntax = syntaxOf(tree, file);
  const inComments = words.words.filter((word) => word.inComments);
  const isExcepted = Object.keys(words.openingsExcept).find((folder) => file.startsWith(folder));
  return syntax.comments.flatMap(({ value, start }) => {
    const faults: Fault[] = inComments
      .filter(({ word }) => new RegExp(`\\b${word.replace("-", "[ -]")}s?\\b`, "i").test(value))
      .map(({ word, instead }) => ({
        file,
        line: syntax.lineOf(start),
        message: `the comment holds "${word}"; instead: ${instead}.`,
      }));
    const opening = /^\*\s+(?:\*\s+)?(\w+)/.exec(value)?.[1] ?? "";
    const instead = Object.hasOwn(words.openings, opening) ? words.openings[opening] : undefined;
    if (instead === undefined) return faults;
    if (isExcepted === undefined) faults.push(openingFault(file, syntax, start, opening, instead));
    else met.add(isExcepted);
    return faults;
  });
}

function openingFault(file: string, { lineOf }: Syntax, start: number, opening: string, instead: string): Fault {
  return { file, line: lineOf(start), message: `the comment begins with "${opening}"; begin with ${instead}.` };
}

/** What runs in the product itself, rather than in its tests and benches. */
function isProductCode(file: string): boolean {
  return /^(apps|packages)\//.test(file) && !isTestCode(file);
}

const refusedByName = new WeakMap<readonly RefusedWord[], Map<string, readonly RefusedWord[]>>();

/** The refused words in a name; remembered, as most names come again and again. */
function findRefused(name: string, words: readonly RefusedWord[]): readonly RefusedWord[] {
  const known = refusedByName.get(words) ?? new Map<string, readonly RefusedWord[]>();
  refusedByName.set(words, known);
  const found = known.get(name) ?? words.filter(({ word }) => holds(partsOf(name), word.split("-")));
  known.set(name, found);
  return found;
}

/** The words that a name is put together of, in small letters, their plurals with them. */
function partsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}

function holds(parts: readonly string[], word: readonly string[]): boolean {
  const isLast = (index: number) => index === word.length - 1;
  return parts.some((_, at) =>
    word.every((part, index) => parts[at + index] === part || (isLast(index) && parts[at + index] === `${part}s`)),
  );
}

/** The table of CONTRIBUTING.md. */
export function renderVocabulary(): string {
  return table(
    ["not", "but", "where"],
    refusedWords.map(({ word, instead, scope, inComments }) => [
      code(word.replace("-", " ")),
      instead,
      `${scope === "product" ? "names of the product" : "all names"}${inComments ? ", comments" : ""}`,
    ]),
  );
}

/** Where comments have not been gone through yet. */
const openingsExcept = {};

export const vocabulary = createVocabularyCheck({ words: refusedWords, openings: refusedOpenings, openingsExcept });
