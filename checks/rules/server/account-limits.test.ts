import { expect, test } from "bun:test";
import { plantTree } from "../../planted-tree.ts";
import { accountLimits } from "./account-limits.ts";

async function faultsOf(text: string, file: string): Promise<string[]> {
  using tree = plantTree({ [file]: text });
  return (await accountLimits.run(tree)).faults.map(({ line, message }) => `${line}: ${message}`);
}

const imported = 'import { usualAccountLimits } from "@maru/protocol";\n';
const reading = `${imported}export const max = usualAccountLimits.messageCharacters;\n`;

test.each([
  ["apps/server/src/features/rooms/messages.ts", "limitsOf(accountId)"],
  ["apps/server/src/gateway/sign-on.ts", "limitsOf(accountId)"],
  ["apps/web/src/features/rooms/composer/composer.tsx", "the client's limits"],
  ["packages/client/src/outbox/outbox.ts", "the client's limits"],
])("turns red where a limit of an account is read from the table of everybody: %s", async (file, instead) => {
  const message = `usualAccountLimits is not what this account may; use ${instead}.`;
  expect(await faultsOf(reading, file)).toEqual([`1: ${message}`, `2: ${message}`]);
});

test("turns red for the table under the name of its package", async () => {
  const text = 'import * as protocol from "@maru/protocol";\nconst { usualAccountLimits: own } = protocol;\n';
  expect(await faultsOf(text, "apps/server/src/app.ts")).toHaveLength(1);
});

test.each([
  ["apps/server/src/platform/account-limits/limits-source.ts", reading],
  ["packages/client/src/own-limits.ts", reading],
  ["apps/server/src/features/rooms/messages.test.ts", reading],
  ["apps/server/src/features/rooms/typing.ts", 'import { limits } from "@maru/protocol";\nlimits.typingMs;\n'],
])("passes in %s", async (file, text) => {
  expect(await faultsOf(text, file)).toEqual([]);
});
