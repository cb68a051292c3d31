import { readArchitecture } from "../../architecture.ts";
import { type Check, counted, type Fault } from "../../fault.ts";
import { isTestCode, isTypeScript, type SourceTree } from "../../source-tree.ts";
import { isNode, memberNames, type Node, syntaxOf, walk } from "../../syntax.ts";

/** How statements begin. A sentence for people begins with a capital letter, or goes on otherwise. */
const statement =
  /^\s*(--.*\n\s*)*(select\s.*\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|with\s+(recursive\s+)?\w+\s*(\(|as\b)|(create|alter|drop)\s+(table|index|unique|function|or|database|schema|type)\s|truncate\s|lock\s+table\s)/is;
const sentence = /^\s*[A-Z][a-z]/;

/** Where the protocol lists the kinds of room. */
const kindsHome = "packages/protocol/src/rooms/entities.ts";
const kindsList = /\broomKindSchema = z\.enum\(\[([^\]]+)\]\)/;
/** Steps from before traits were columns. */
const knowsKinds = /\/rooms\/migrations\/(001-rooms|003-pauses)\.sql$/;

/**
 * SQL stands in a feature's `store*.ts` and migrations, over that feature's own tables, whose names begin with the
 * feature's. Platform and the tests' own fixtures may speak to the database as well. No statement asks for a kind of room.
 */
export const sqlHome: Check = {
  name: "sql-home",
  run(tree) {
    const { features } = readArchitecture(tree);
    const featureOf = (file: string) => features.names.find((name) => file.startsWith(`${features.folder}/${name}/`));
    const asksForKind = matchRoomKinds(tree);
    const faults: Fault[] = [];
    let count = 0;
    for (const file of tree.files.filter((path) => path.startsWith("apps/server/"))) {
      const feature = featureOf(file);
      const statements = isTypeScript(file) ? findStatements(tree, file) : readMigration(tree, file);
      count += statements.length;
      for (const { text, line } of statements) {
        if (asksForKind.test(text) && !isTestCode(file) && !knowsKinds.test(file))
          faults.push({ file, line, message: "What follows from a room's kind is a column, written from its policy." });
        if (!mayHoldSql(file)) faults.push({ file, line, message: "SQL belongs in the feature's store*.ts." });
        for (const table of feature === undefined || isTestCode(file)
          ? []
          : foreignTables(text, feature, features.names)) {
          faults.push({ file, line, message: `${table} belongs to another feature; ask through its entry point.` });
        }
      }
    }
    return { read: counted(count, "statement"), faults };
  },
};

/**
 * Finds a kind of room named in a condition: a trait of the kind is a column of the room, written from its policy. Which kinds
 * there are may be said: `check (kind in (…))`.
 */
function matchRoomKinds(tree: SourceTree): RegExp {
  const listed = kindsList.exec(tree.files.includes(kindsHome) ? tree.read(kindsHome) : "")?.[1];
  if (listed === undefined) throw new Error(`${kindsHome} does not list the kinds of room as roomKindSchema.`);
  const kinds = [...listed.matchAll(/"([a-z]+)"/g)].map(([, kind]) => kind).join("|");
  const comparison = String.raw`(?:=|<>|!=|(?:not\s+)?in\b|is\s+(?:not\s+)?distinct\s+from\b|when\b)\s*(?:(?:any|all)\s*)?`;
  const before = String.raw`(?<!\bcheck\s*\(\s*)\b(?:room_)?kind\s*${comparison}\(?\s*(?:array\s*\[\s*)?'\{?(?:${kinds})['",}]`;
  return new RegExp(`${before}|'(?:${kinds})'\\s*(?:=|<>|!=)\\s*(?:\\w+\\.)?(?:room_)?kind\\b`, "i");
}

function mayHoldSql(file: string): boolean {
  return (
    isTestCode(file) ||
    /^apps\/server\/src\/features\/[^/]+\/(([^/]+\/)?store[^/]*\.ts|(migrations|indexes)\/[^/]+\.sql)$/.test(file) ||
    file.startsWith("apps/server/src/platform/")
  );
}

type Statement = { readonly text: string; readonly line: number };

function readMigration(tree: SourceTree, file: string): Statement[] {
  return file.endsWith(".sql") ? [{ text: tree.read(file).replace(/--.*$/gm, ""), line: 1 }] : [];
}

/** Tagged templates and strings that read like a statement, and the pieces given to a tag named sql or tx. */
function findStatements(tree: SourceTree, file: string): Statement[] {
  const { program, lineOf } = syntaxOf(tree, file);
  const statements: Statement[] = [];
  walk(program, (node, ancestors) => {
    const parent = ancestors.at(-1);
    const text = textOf(node);
    if (text === undefined) return;
    const isTagged = parent?.type === "TaggedTemplateExpression";
    if ((isTagged && isSqlTag(parent.tag)) || (statement.test(text) && !sentence.test(text)))
      statements.push({ text, line: lineOf(node.start) });
  });
  return statements;
}

function textOf(node: Node): string | undefined {
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  if (node.type !== "TemplateLiteral") return undefined;
  return (node.quasis as { value: { cooked: string | null } }[]).map(({ value }) => value.cooked ?? "").join("$");
}

function isSqlTag(tag: unknown): boolean {
  const name = memberNames(tag)?.[1] ?? (isNode(tag) ? tag.name : undefined);
  return name === "sql" || name === "tx";
}

function foreignTables(text: string, feature: string, features: readonly string[]): string[] {
  const others = [...features.filter((name) => name !== feature), "platform"].map((name) => name.replaceAll("-", "_"));
  return [...new Set(text.match(new RegExp(`\\b(${others.join("|")})_[a-z0-9_]+\\b`, "g")) ?? [])];
}
