import { type Check, counted, type Fault } from "../fault.ts";
import { isTypeScript } from "../source-tree.ts";
import { identifierName, isNode, memberNames, type Node, syntaxOf, walk } from "../syntax.ts";

/** The one place that may skip: it records what the machine lacks. */
const skippingFile = "packages/testkit/src/requirements.ts";

const testFunctions = new Set(["test", "it", "describe"]);
const bypasses = new Set(["only", "skip", "skipIf", "if", "todo", "todoIf", "failing"]);

/** Tests run always and to the end: nothing is skipped in passing, and nobody waits for time to go by. */
export const testHabits: Check = {
  name: "test-habits",
  run(tree) {
    const files = tree.files.filter((file) => isTypeScript(file) && file !== skippingFile);
    const tests = files.filter((file) => /\.test\.tsx?$/.test(file));
    const faults = tests.flatMap((file) => {
      const { program, lineOf, comments } = syntaxOf(tree, file);
      const exempt = new Set(
        comments.filter(({ value }) => /^\s*waits: \S+/.test(value)).map(({ end }) => lineOf(end)),
      );
      const found: Fault[] = [];
      walk(program, (node) => {
        const message = findFault(node);
        const line = lineOf(node.start);
        if (message && !exempt.has(line) && !exempt.has(line - 1)) found.push({ file, line, message });
      });
      return found;
    });
    return { read: counted(tests.length, "test file"), faults };
  },
};

function findFault(node: Node): string | undefined {
  const [object = "", property = ""] = memberNames(node) ?? [];
  if (testFunctions.has(object) && bypasses.has(property)) {
    return property === "only"
      ? `${object}.only hides the other tests.`
      : `${object}.${property} hides why; use requires("…") of @maru/testkit, or remove the test.`;
  }
  if (`${object}.${property}` === "Bun.sleep" || isTimerPromise(node)) {
    return "a test does not sleep; wait for the event, or move the fake clock.";
  }
  if (
    node.type === "Property" &&
    identifierName(node.key) === "retry" &&
    isNode(node.value) &&
    node.value.type === "Literal"
  ) {
    return "a test that needs a retry to pass is a bug.";
  }
  if (node.type === "ExpressionStatement" && isPromisedExpectation(node.expression)) {
    return "an expectation about a promise says nothing unless it is awaited.";
  }
  return undefined;
}

/** `expect(…).rejects.toThrow(…)` and the like, however long the chain. */
function isPromisedExpectation(value: unknown): boolean {
  if (!isNode(value)) return false;
  if (value.type === "CallExpression") return isPromisedExpectation(value.callee);
  if (value.type !== "MemberExpression") return false;
  return /^(rejects|resolves)$/.test(identifierName(value.property) ?? "") || isPromisedExpectation(value.object);
}

/** `import … from "node:timers/promises"` and `new Promise((resolve) => setTimeout(resolve, …))`. */
function isTimerPromise(node: Node): boolean {
  if (node.type === "ImportDeclaration")
    return isNode(node.source) && /^(node:)?timers\/promises$/.test(String(node.source.value));
  if (node.type !== "NewExpression" || identifierName(node.callee) !== "Promise") return false;
  const [executor] = node.arguments as (Node | undefined)[];
  const [resolve] = (executor?.params ?? []) as unknown[];
  const body = executor?.body as Node | undefined;
  const first = body?.type === "BlockStatement" ? (body.body as Node[])[0]?.expression : body;
  if (!isNode(first) || first.type !== "CallExpression" || identifierName(first.callee) !== "setTimeout") return false;
  return identifierName((first.arguments as Node[])[0]) === identifierName(resolve);
}
