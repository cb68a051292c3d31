import { expect, test } from "bun:test";
import { FakeClock } from "@maru/testkit";
import { RateLimiter } from "./rate-limiter.ts";

const rate = { perSecond: 2, burst: 3 };

test("so many at once, then as fast as the rate, each told how long to wait", async () => {
  const clock = new FakeClock();
  const limiter = new RateLimiter(clock);
  const take = () => limiter.take("a", rate);
  expect([take(), take(), take(), take()]).toEqual([0, 0, 0, 500]);
  await clock.advance(499);
  expect(take()).toBeGreaterThan(0);
  await clock.advance(1);
  expect([take(), take()]).toEqual([0, 500]);
});

test("one who is refused is not put off further by asking again", async () => {
  const clock = new FakeClock();
  const limiter = new RateLimiter(clock);
  for (let i = 0; i < 100; i++) limiter.take("a", rate);
  await clock.advance(500);
  expect(limiter.take("a", rate)).toBe(0);
});

test("rest is not saved beyond the burst, and one key does not cost another", async () => {
  const clock = new FakeClock();
  const limiter = new RateLimiter(clock);
  limiter.take("a", rate);
  await clock.advance(3_600_000);
  const taken = Array.from({ length: 5 }, () => limiter.take("a", rate)).filter((wait) => wait === 0);
  expect(taken).toHaveLength(3);
  expect(limiter.take("b", rate)).toBe(0);
});

test("however many keys come, it remembers those in use and forgets the longest unused", () => {
  const limiter = new RateLimiter(new FakeClock());
  const once = { perSecond: 0.001, burst: 1 };
  expect([limiter.take("idle", once), limiter.take("busy", once)]).toEqual([0, 0]);
  for (let i = 0; i < 49_999; i++) {
    limiter.take(`key ${i}`, once);
    if (i % 10_000 === 0) expect(limiter.take("busy", once)).toBeGreaterThan(0);
  }
  expect(limiter.take("busy", once)).toBeGreaterThan(0);
  expect(limiter.take("idle", once)).toBe(0);
});
