import { type Check, counted, type Fault } from "../../fault.ts";
import { isTestCode, isTypeScript, type SourceTree } from "../../source-tree.ts";
import { identifierName, syntaxOf, walk } from "../../syntax.ts";

/** The table of what accounts may as long as nobody grants them anything else. */
const usualLimits = "usualAccountLimits";

/** Who may read it: what answers for an account, what describes the product, and what stands outside of it. */
const readers = [
  "packages/protocol/src/",
  "apps/server/src/platform/account-limits/",
  "packages/client/src/own-limits.ts",
  "bench/",
  "checks/",
  "conformance/",
  "scenarios/",
];

/** What an account may is asked for by account: whoever reads the table gives everybody the same. */
export const accountLimits: Check = {
  name: "account-limits",
  run(tree) {
    const files = tree.files.filter(
      (file) => isTypeScript(file) && !isTestCode(file) && !readers.some((reader) => file.startsWith(reader)),
    );
    return { read: counted(files.length, "file"), faults: files.flatMap((file) => findReading(tree, file)) };
  },
};

function findReading(tree: SourceTree, file: string): Fault[] {
  if (!tree.read(file).includes(usualLimits)) return [];
  const { program, lineOf } = syntaxOf(tree, file);
  const lines = new Set<number>();
  walk(program, (node, ancestors) => {
    // A type made of the table says nothing of what somebody may.
    const isType = ancestors.some(({ type }) => type.startsWith("TSType"));
    if (!isType && identifierName(node) === usualLimits) lines.add(lineOf(node.start));
  });
  const instead = file.startsWith("apps/server/") ? "limitsOf(accountId)" : "the client's limits";
  const message = `${usualLimits} is not what this account may; use ${instead}.`;
  return [...lines].map((line) => ({ file, line, message }));
}
