import { expect, test } from "bun:test";
import { plantTree } from "../planted-tree.ts";
import { ambient } from "./ambient.ts";

async function faultsOf(text: string, file = "apps/server/src/features/rooms/a.ts"): Promise<string[]> {
  using tree = plantTree({ [file]: text });
  return (await ambient.run(tree)).faults.map(({ line, message }) => `${line}: ${message}`);
}

test.each([
  ["const at = Date.now();", "Date.now"],
  ["const at = new Date();", "new Date"],
  ["const later = setTimeout(() => {}, 5);", "setTimeout"],
  ["globalThis.setTimeout(() => {}, 5);", "setTimeout"],
  ["const make = () => Math.random();", "Math.random"],
  ["const get = { fetch };", "fetch"],
  ["await fetch('/x');", "fetch"],
  ["const options = { send: fetch as typeof fetch };", "fetch"],
  ["console.log(1);", "console"],
  ["const socket = new WebSocket('ws://x');", "WebSocket"],
  ["const port = process.env.PORT;", "process.env"],
  ["const id = crypto.randomUUID();", "crypto.randomUUID"],
])("turns red for %s", async (text, name) => {
  expect(await faultsOf(text)).toEqual([expect.stringContaining(`1: ${name} is taken from the environment`)]);
});

test.each(["apps/server/src/gateway/a.ts", "packages/client/src/a.ts"])("turns red in %s", async (file) => {
  expect(await faultsOf("\nDate.now();", file)).toHaveLength(1);
});

test.each([
  "clock.setTimeout(() => {}, 5);",
  "const at = new Date(row.sentAt).toISOString();",
  "type Fetch = typeof fetch;",
  "const { fetch } = deps; fetch('/x');",
  "function send(fetch: (url: string) => void) { fetch('/x'); }",
  "const deps = { fetch: http.fetch, console: log };",
  "// ambient: the only adapter to the system's clock\nDate.now();",
])("is content with %s", async (text) => {
  expect(await faultsOf(text)).toEqual([]);
});

test("an exemption needs a reason, and reaches no further than what it stands before", async () => {
  const reading = "const read = () => {\n  return Date.now();\n};\n";
  expect(await faultsOf(`// ambient:\n${reading}`)).toHaveLength(1);
  expect(await faultsOf(`// ambient: an adapter\n\n${reading}`)).toHaveLength(1);
  expect(await faultsOf(`// ambient: an adapter\n${reading}`)).toEqual([]);
  expect(await faultsOf(`// ambient: an adapter\n${reading}const again = Date.now();`)).toHaveLength(1);
});

test("an adapter is exempted as a whole, with a reason", async () => {
  expect(await faultsOf("// ambient in this file: the adapter to the browser\n\n\nDate.now();\nfetch('/x');")).toEqual(
    [],
  );
  expect(await faultsOf("// ambient in this file:\n\n\nDate.now();")).toHaveLength(1);
});

test.each([
  "apps/server/src/platform/clock.ts",
  "apps/server/src/features/rooms/a.test.ts",
  "packages/testkit/src/fake-clock.ts",
])("leaves %s alone", async (file) => {
  expect(await faultsOf("Date.now();", file)).toEqual([]);
});
