export type TestOutcome = "passed" | "failed" | "skipped";

export type TestResult = {
  readonly file: string;
  /** The names of its groups and its own, joined by " > ". */
  readonly name: string;
  readonly outcome: TestOutcome;
  /** What went wrong, whole; empty unless it failed. */
  readonly detail: string;
};

const token = /<(\/?)([\w-]+)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>|([^<]+)/g;

/** Reads the report that `bun test --reporter=junit` writes. */
export function readJunit(xml: string): TestResult[] {
  const results: TestResult[] = [];
  const groups: string[] = [];
  let current: { file: string; name: string; outcome: TestOutcome; detail: string } | undefined;

  for (const [, closing, tag, attributes = "", selfClosing, text] of xml.matchAll(token)) {
    if (tag === "testsuite" && selfClosing === "") {
      if (closing === "") groups.push(attribute(attributes, "name"));
      else groups.pop();
    } else if (tag === "testcase") {
      if (closing === "") {
        // The outermost group is the file.
        const name = [...groups.slice(1), attribute(attributes, "name")].join(" > ");
        current = { file: attribute(attributes, "file"), name, outcome: "passed", detail: "" };
        results.push(current);
      }
      if (closing !== "" || selfClosing !== "") current = undefined;
    } else if (tag === "skipped" && current) {
      current.outcome = "skipped";
    } else if ((tag === "failure" || tag === "error") && closing === "" && current) {
      current.outcome = "failed";
      if (selfClosing !== "") current.detail = `${attribute(attributes, "type")}: ${attribute(attributes, "message")}`;
    } else if (text !== undefined && current?.outcome === "failed") {
      current.detail = `${current.detail}${decode(text)}`.trim();
    }
  }
  return results;
}

function attribute(attributes: string, name: string): string {
  return decode(new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1] ?? "");
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return entities[name ?? ""] ?? whole;
  });
}
