import { expect, test } from "bun:test";
import { type CommandName, commands, errors, isCommandName, pushes } from "@maru/protocol";

type Frame = Record<string, unknown>;

/** Returns what is wrong with an example of a frame; `asked` is the command that the latest one with this id sent. */
function findFault(frame: Frame, asked: ReadonlyMap<unknown, CommandName>): string | null {
  if (Array.isArray(frame.pushes)) {
    return frame.pushes.map((push) => findFault(push as Frame, asked)).find((fault) => fault !== null) ?? null;
  }
  if (typeof frame.push === "string") {
    if (!Object.hasOwn(pushes, frame.push)) return `${frame.push} is no push`;
    const { success, error } = pushes[frame.push as keyof typeof pushes].safeParse(frame);
    return success ? null : `${frame.push}: ${error.message}`;
  }
  if (typeof frame.cmd === "string") {
    if (!isCommandName(frame.cmd)) return `${frame.cmd} is no command`;
    const { success, error } = commands[frame.cmd].input.safeParse(frame.d ?? {});
    return success ? null : `${frame.cmd}: ${error.message}`;
  }
  if (frame.err)
    return Object.hasOwn(errors, (frame.err as { code: string }).code) ? null : "no error of the catalogue";
  const cmd = asked.get(frame.id);
  if (cmd === undefined) return `nothing asked for reply ${frame.id}`;
  const { success, error } = commands[cmd].output.safeParse(frame.ok);
  return success ? null : `reply to ${cmd}: ${error.message}`;
}

/** The faults of all examples in a document, and how many examples there are. */
function readExamples(markdown: string): { count: number; faults: string[] } {
  const asked = new Map<unknown, CommandName>();
  const faults: string[] = [];
  let count = 0;
  for (const [, text = ""] of markdown.matchAll(/^```json\n([\s\S]*?)^```$/gm)) {
    count++;
    const frame = JSON.parse(text) as Frame;
    if (typeof frame.cmd === "string" && isCommandName(frame.cmd)) asked.set(frame.id, frame.cmd);
    const fault = findFault(frame, asked);
    if (fault) faults.push(fault);
  }
  return { count, faults };
}

test("every example in the protocol's document is a frame of the protocol", async () => {
  const { count, faults } = readExamples(await Bun.file(new URL("../../docs/protocol/v1.md", import.meta.url)).text());
  expect(faults).toEqual([]);
  expect(count).toBeGreaterThan(15);
});

test("an example that the protocol does not know is found", () => {
  const planted = (frame: Frame) => readExamples(`\`\`\`json\n${JSON.stringify(frame)}\n\`\`\`\n`).faults;
  expect(planted({ id: 1, cmd: "message.shout", d: {} })).toEqual(["message.shout is no command"]);
  expect(planted({ id: 1, cmd: "message.send", d: { text: "말" } })[0]).toStartWith("message.send: ");
  expect(planted({ id: 1, ok: {} })).toEqual(["nothing asked for reply 1"]);
  expect(planted({ push: "match.changed", match: { state: "lost" } })[0]).toStartWith("match.changed: ");
  expect(planted({ id: 1, err: { code: "no.such" } })).toEqual(["no error of the catalogue"]);
});
