import { expect, test } from "bun:test";
import { Lifecycle, type Plant } from "./fixtures/lifecycle.fixture.ts";

const steps = 200;

async function live(seed: number, plant?: Plant) {
  const lifecycle = new Lifecycle(seed, { plant });
  try {
    await lifecycle.live(steps);
    return lifecycle.did;
  } finally {
    await lifecycle.close();
  }
}

test("rights that come, are renewed, end and are taken away in any order serve exactly those who have one", async () => {
  const total = { connects: 0, doomed: 0, expiries: 0, renewals: 0, revocations: 0, departures: 0, pushes: 0 };
  for (let seed = 1; seed <= 7; seed++) {
    const did = await live(seed).catch((error) => {
      throw new Error(`seed ${seed}: ${error.message}`);
    });
    for (const [what, count] of Object.entries(did)) total[what as keyof typeof total] += count;
  }
  // It has done what it is for.
  for (const count of Object.values(total)) expect(count).toBeGreaterThan(10);
}, 30_000);

test("a gateway that closes only what is ready is found out (planted)", async () => {
  const seeds = [1, 2, 3, 4, 5];
  const found = await Promise.all(seeds.map((seed) => live(seed, "closes only what is ready").then(() => "", String)));
  expect(found.filter((message) => message.includes("those who are served"))).not.toEqual([]);
}, 30_000);
