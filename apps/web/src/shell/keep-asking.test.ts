import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import { keepAsking } from "./keep-asking.ts";
import { createLazyModule } from "./lazy-module.ts";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const away = Object.assign(new Error("away"), { temporary: true });
const refused = Object.assign(new Error("refused"), { temporary: false });

/** Answers with each of these in turn, then with the last for ever. */
function asks(...answers: (Error | string)[]) {
  const told: string[] = [];
  let count = 0;
  const ask = async () => {
    const answer = answers[Math.min(count++, answers.length - 1)];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const on = {
    answer: (value: string | undefined) => told.push(`answer ${value}`),
    failure: (error: unknown) => told.push(`failure ${(error as Error).message}`),
  };
  return { ask, on, told, count: () => count };
}

/** Lets so much time pass, with everything that is due in it. */
async function passes(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 100) {
    jest.advanceTimersByTime(100);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
}

test("goes on while the server is away, and stops with the answer", async () => {
  const { ask, on, told, count } = asks(away, away, "here");
  keepAsking(ask, on);
  await passes(60_000);
  expect(told).toEqual(["failure away", "failure away", "answer here"]);
  expect(count()).toBe(3);
});

test("asks ever more seldom, and never longer apart than ten seconds", async () => {
  const { ask, on, count } = asks(away);
  const stop = keepAsking(ask, on);
  await passes(60_000);
  expect(count()).toBeGreaterThanOrEqual(6);
  expect(count()).toBeLessThanOrEqual(13);
  stop();
  const before = count();
  await passes(60_000);
  expect(count()).toBe(before);
});

test("asks at once when the device is back on its network", async () => {
  const { ask, on, count } = asks(away, away, away, away, away, "here");
  keepAsking(ask, on);
  await passes(7_000);
  const before = count();
  globalThis.dispatchEvent(new Event("online"));
  expect(count()).toBe(before + 1);
});

test("stops at what another try would not change, and tells nothing once it is not wanted", async () => {
  const hopeless = asks(refused, "here");
  keepAsking(hopeless.ask, hopeless.on);
  const unwanted = asks("here");
  keepAsking(unwanted.ask, unwanted.on)();
  await passes(10_000);
  expect([hopeless.told, unwanted.told]).toEqual([["failure refused"], []]);
});

test("a part of the program that somebody waits for comes when the network does", async () => {
  const { ask, count } = asks(new TypeError("Failed to fetch dynamically imported module"), "the part");
  const late = createLazyModule(ask);
  late.load();
  await passes(30_000);
  expect(count()).toBe(1);
  const heard: string[] = [];
  const second = createLazyModule(asks(new TypeError("no module"), new TypeError("no module"), "the part").ask);
  second.subscribe(() => heard.push("here"));
  await passes(30_000);
  expect(heard).toEqual(["here"]);
});
