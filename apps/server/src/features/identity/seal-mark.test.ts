import { afterAll, beforeAll, expect, test } from "bun:test";
import { createSecretBox } from "../../platform/secret-box.ts";
import { openWorld, type World } from "./identity.fixture.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const complaints = (log: { readonly lines: readonly string[] }) =>
  log.lines.filter((line) => line.includes("secret key"));

test("a node with another secret key than the others says so at the start, and one with the same does not", async () => {
  expect(complaints((await world.openNode()).log)).toEqual([]);
  const stray = await world.openNode({ secretBox: createSecretBox("a secret of a node that strays, long enough") });
  expect(complaints(stray.log)).toHaveLength(1);
  expect(stray.log.lines.join("\n")).not.toContain("strays");
});
