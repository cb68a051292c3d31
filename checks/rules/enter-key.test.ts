import { expect, test } from "bun:test";
import { plantTree } from "../planted-tree.ts";
import { enterKey } from "./enter-key.ts";

const field = "apps/web/src/features/rooms/field.tsx";

async function faultsOf(text: string, file = field): Promise<string[]> {
  using tree = plantTree({ [file]: text });
  return (await enterKey.run(tree)).faults.map(({ message }) => message);
}

test.each([
  ['const onKeyDown = (event) => { if (event.key === "Enter") send(); };', '"Enter"'],
  ['const act = { Enter: send, "Escape": stop }; switch (event.code) { case "NumpadEnter": send(); }', '"NumpadEnter"'],
  ["const onKeyDown = (event) => event.keyCode === 13 && send();", "keyCode"],
  ["const onKeyDown = ({ nativeEvent: { isComposing } }) => isComposing || send();", "isComposing"],
  ["export const field = <input onCompositionEnd={send} />;", "onCompositionEnd"],
  ["export const field = <input onKeyPress={send} />;", "onKeyPress"],
])("turns red for a field of its own mind: %s", async (text, seen) => {
  expect(await faultsOf(text)).toEqual([expect.stringContaining(seen)]);
});

test("the rule itself, the tests and the server may", async () => {
  const text = 'export const isEnter = (event) => event.key === "Enter";';
  expect(await faultsOf(text, "packages/ui/src/enter-key/enter-key.ts")).toEqual([]);
  expect(await faultsOf(text, "apps/web/src/features/rooms/field.test.ts")).toEqual([]);
  expect(await faultsOf(text, "apps/server/src/main.ts")).toEqual([]);
});

test("what is no field says so", async () => {
  expect(await faultsOf('// enter: a row of a list is no field\nconst isOpen = event.key === "Enter";')).toEqual([]);
});
