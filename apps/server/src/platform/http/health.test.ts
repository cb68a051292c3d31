import { expect, test } from "bun:test";
import { silentLog } from "../log.ts";
import { createHttpApp } from "./app.ts";
import { addHealth } from "./health.ts";

async function ask(
  path: string,
  state: { database?: boolean; bus?: boolean; descriptors?: boolean; isDraining?: boolean } = {},
) {
  const { database = true, bus = true, descriptors = true, isDraining = false } = state;
  const app = createHttpApp({ log: silentLog, newId: () => "id" });
  addHealth(app, {
    database: async () => database,
    bus: async () => bus,
    descriptors: () => descriptors,
    isDraining: () => isDraining,
  });
  const response = await app.request(path);
  return { status: response.status, body: await response.json() };
}

test("a process that runs is healthy, whatever is away: a restart would not mend it", async () => {
  expect((await ask("/healthz", { database: false, bus: false })).status).toBe(200);
});

test("it is ready with a database and a bus, and while it does not drain; what is missing is named", async () => {
  expect(await ask("/readyz")).toEqual({
    status: 200,
    body: { status: "ready", database: true, bus: true, descriptors: true, isDraining: false },
  });
  for (const state of [{ database: false }, { bus: false }, { descriptors: false }, { isDraining: true }]) {
    const { status, body } = await ask("/readyz", state);
    expect([status, body]).toEqual([503, expect.objectContaining({ status: "not ready", ...state })]);
  }
});

test("all who ask at about the same time share one look, and later ones get a new one", async () => {
  let [looks, at, isUp] = [0, 0, true];
  const app = createHttpApp({ log: silentLog, newId: () => "id" });
  const database = async () => {
    looks++;
    return isUp;
  };
  const checks = { database, bus: async () => true, descriptors: () => true, isDraining: () => false };
  addHealth(app, { ...checks, now: () => at });
  const statuses = async (count: number) =>
    new Set(await Promise.all(Array.from({ length: count }, async () => (await app.request("/readyz")).status)));
  expect(await statuses(100)).toEqual(new Set([200]));
  expect(looks).toBe(1);
  isUp = false;
  at = 249;
  expect(await statuses(10)).toEqual(new Set([200]));
  at = 250;
  expect(await statuses(10)).toEqual(new Set([503]));
  expect(looks).toBe(2);
});
