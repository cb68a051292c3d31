import { afterAll, beforeAll, expect, test } from "bun:test";
import { createSecretBox } from "../../platform/secret-box.ts";
import { openWorld, type World } from "./fixtures/identity.fixture.ts";
import { isSecretInUse, noteResealed } from "./index.ts";

const [first, second] = ["the first secret, which is long enough", "the second secret, which is long enough"];
let world: World;
beforeAll(async () => {
  world = await openWorld({ secretBox: createSecretBox(first) });
});
afterAll(() => world.close());

const start = async (secret: string, earlier: readonly string[] = []) =>
  (await world.openNode({ secretBox: createSecretBox(secret, earlier) })).log.lines.filter((line) =>
    /secret key/.test(line),
  );

test("a node with another secret does not start, and is told how to get on; one with the same says nothing", async () => {
  expect(await start(first)).toEqual([]);
  const refusal = await start(second).catch(String);
  expect(refusal).toStartWith("StartError: The secret is not the one that this database was sealed with.");
  for (const way of ["MARU_SECRET_KEYS_OLD", "secret-key", "./maru reseal --give-up"]) expect(refusal).toContain(way);
  expect(refusal).not.toContain(second);
});

test("a change goes node by node, each saying what is not done yet, until everything is sealed anew", async () => {
  const { sql } = world.db;
  // Every node learns the new secret, and none seals under it: nothing to say.
  expect(await start(first, [second])).toEqual([]);
  expect(await isSecretInUse({ sql, secretBox: createSecretBox(second, [first]) })).toBe(false);
  // Then each seals under it, and reminds of what was sealed before.
  const [reminder, ...more] = await start(second, [first]);
  expect([reminder, more]).toEqual([expect.stringContaining("./maru reseal"), []]);
  expect(await isSecretInUse({ sql, secretBox: createSecretBox(second, [first]) })).toBe(true);
  // A node that was left out still starts, and says what it cannot read.
  expect(await start(first)).toEqual([expect.stringContaining("Another node seals under a secret key")]);
  await noteResealed({ sql, secretBox: createSecretBox(second, [first]) });
  expect(await start(second, [first])).toEqual([]);
  expect(await start(second)).toEqual([]);
  expect(await start(first).catch(String)).toContain("The secret is not the one");
});
