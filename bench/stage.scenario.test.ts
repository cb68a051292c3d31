import { afterAll, beforeAll, expect, test } from "bun:test";
import { prepareLoadClient } from "./load/compile.ts";
import { Stage } from "./stage.ts";
import { separateRooms } from "./world.ts";

const load = await prepareLoadClient();
let stage: Stage;

beforeAll(async () => {
  const options = { load, isQuick: true, runs: 1, only: [], profile: undefined, print() {} };
  stage = await Stage.open({ accountCount: 7, rooms: [...separateRooms(1, 5), [5, 6]] }, options);
}, 60_000);

afterAll(async () => {
  await stage.close();
  load.remove();
}, 60_000);

test("seeded people sign in, send, and everybody in the room hears each message once", async () => {
  const room = stage.world.rooms[0];
  const client = await stage.connect(
    (room?.members ?? []).map((account) => ({ account, opens: [room?.id ?? ""], sendsTo: room?.id ?? "" })),
  );
  const result = await client.run({ mode: "closed", window: 2, rotate: false, ms: 300, expect: 5 });
  await client.stop();
  expect(result.firstError).toBe("");
  expect(result.acked).toBeGreaterThan(10);
  expect(result).toMatchObject({ acked: result.sent, refused: 0, missing: 0, lostSockets: 0 });
});

test("rights are on: who is no member is refused every send", async () => {
  const foreign = stage.world.rooms[1]?.id ?? "";
  const client = await stage.connect([{ account: 0, opens: [], sendsTo: foreign }]);
  const result = await client.run({ mode: "closed", window: 1, rotate: false, ms: 50, expect: 1 });
  await client.stop();
  expect(result.acked).toBe(0);
  expect(result.refused).toBe(result.sent);
  expect(result.firstError).toContain("room.not_found");
});

test("tells the settings that the running database has, and what the processes use", () => {
  expect(stage.describeSettings()["durability"]).toContain("fsync=on");
  expect(stage.describeSettings()["durability"]).toContain("synchronous_commit=on");
  expect(stage.product.serverPssBytes).toBeGreaterThan(1_000_000);
  expect(stage.product.usage().pssBytes).toBeGreaterThan(stage.product.serverPssBytes);
  expect(stage.product.usage().processCount).toBeGreaterThan(3);
});
