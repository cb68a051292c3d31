import { expect, test } from "bun:test";
import { commands, isCommandName } from "@maru/protocol";
import { CommandRegistry } from "./registry.ts";

test("each command has one handler, and those without are known", () => {
  const registry = new CommandRegistry();
  expect(registry.listUnanswered().toSorted()).toEqual(Object.keys(commands).filter(isCommandName).toSorted());
  registry.register("block.list", () => ({ blocks: [] }));
  expect(() => registry.register("block.list", () => ({ blocks: [] }))).toThrow(
    "Two handlers for the command block.list.",
  );
  expect(registry.listUnanswered()).not.toContain("block.list");
});
