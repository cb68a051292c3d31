import { beforeEach, describe, expect, test } from "bun:test";
import { FakeClock } from "@maru/testkit";
import { createHashQueue, type HashCaller, type HashQueue } from "./hash-queue.ts";

let clock: FakeClock;
let queue: HashQueue;
let started: string[];
let ends: (() => void)[];
beforeEach(() => {
  clock = new FakeClock();
  queue = createHashQueue({ clock, concurrency: 2, bound: 6, deadlineMs: 5_000 });
  started = [];
  ends = [];
});

const caller = (address: string, account = address, isKnown = false): HashCaller => ({ address, account, isKnown });

/** Asks for a turn; returns its end, or the code of its refusal. */
function ask(name: string, who: HashCaller): Promise<string> {
  return queue
    .run(who, () => {
      started.push(name);
      return new Promise<string>((resolve) => ends.push(() => resolve(name)));
    })
    .catch((error: { code: string }) => error.code);
}

/** Ends the hash that has run the longest, and lets the next begin. */
async function endOne(): Promise<void> {
  ends.shift()?.();
  await settle();
}

/** Lets everything go on that only waits for promises. */
const settle = () => clock.advance(0);

describe("turns of hashes", () => {
  test("go round by address: the first of somebody else comes before the second of a flood", async () => {
    for (let i = 0; i < 4; i++) void ask(`flood ${i}`, caller("flood", `account ${i}`));
    void ask("honest", caller("home"));
    await settle();
    // The flood has one place, however many of it wait.
    expect(started).toEqual(["flood 0", "honest"]);
    await endOne();
    await endOne();
    expect(started).toEqual(["flood 0", "honest", "flood 1"]);
  });

  test("go round by account: guesses at one account from many addresses do not keep others waiting", async () => {
    for (let i = 0; i < 5; i++) void ask(`guess ${i}`, caller(`address ${i}`, "victim"));
    void ask("honest", caller("home", "bom"));
    await settle();
    expect(started).toEqual(["guess 0", "honest"]);
  });

  test("come first to who is known, then to who was served the longest ago", async () => {
    void ask("a", caller("a"));
    void ask("b", caller("b"));
    void ask("a again", caller("a"));
    void ask("c", caller("c"));
    void ask("known", caller("a", "bom", true));
    await settle();
    await endOne();
    expect(started).toEqual(["a", "b", "known"]);
    await endOne();
    expect(started).toEqual(["a", "b", "known", "c"]);
    await endOne();
    await endOne();
    expect(started.at(-1)).toBe("a again");
  });

  test("are given to a newcomer in place of the one who is furthest back in a full queue", async () => {
    const flood = Array.from({ length: 7 }, (_, i) => ask(`flood ${i}`, caller("flood")));
    void ask("other", caller("other"));
    await settle();
    expect(started).toEqual(["flood 0", "other"]);
    const late = ask("late", caller("late"));
    expect(await flood[6]).toBe("server.busy");
    expect(await ask("one more", caller("flood"))).toBe("server.busy");
    await endOne();
    expect(started.at(-1)).toBe("late");
    await endOne();
    await endOne();
    expect(await late).toBe("late");
  });

  test("do not let anybody wait longer than the deadline, and say when to come back", async () => {
    for (const name of ["a", "b"]) void ask(name, caller(name));
    const refused = queue.run(caller("c"), async () => "never").catch((error: unknown) => error);
    await clock.advance(4_999);
    expect(started).toEqual(["a", "b"]);
    await clock.advance(1);
    expect(await refused).toMatchObject({ code: "server.busy", status: 503, retryAfterMs: 2_000 });
    await endOne();
    void ask("d", caller("d"));
    await settle();
    expect(started).toEqual(["a", "b", "d"]);
  });

  test("leave most of the time to others: a flood rests after each of its hashes, and nobody else waits for that", async () => {
    for (let i = 0; i < 4; i++) void ask(`flood ${i}`, caller("flood"));
    await clock.advance(40);
    await endOne();
    expect(started).toEqual(["flood 0", "flood 1"]);
    await clock.advance(40);
    await endOne();
    // The second was one of a flood: three times as long as it took nothing of the flood runs.
    await clock.advance(119);
    expect(started).toEqual(["flood 0", "flood 1"]);
    void ask("other", caller("other"));
    await settle();
    expect(started).toEqual(["flood 0", "flood 1", "other"]);
    await endOne();
    await clock.advance(1);
    expect(started.at(-1)).toBe("flood 2");
  });

  test("rest for a flood of who is known as well, and strangers at the account cost who is known nothing", async () => {
    for (let i = 0; i < 3; i++) void ask(`known ${i}`, caller("phone", "bom", true));
    void ask("stranger", caller("away", "bom"));
    await clock.advance(40);
    expect(started).toEqual(["known 0", "known 1"]);
    await endOne();
    await endOne();
    expect(started).toEqual(["known 0", "known 1", "stranger"]);
    void ask("other device", caller("laptop", "bom", true));
    await settle();
    expect(started.at(-1)).toBe("other device");
    await endOne();
    await clock.advance(119);
    expect(started).toHaveLength(4);
    await clock.advance(1);
    expect(started.at(-1)).toBe("known 2");
  });

  test("come to who is known and was served a moment ago, also while newcomers never end", async () => {
    void ask("known", caller("phone", "bom", true));
    await settle();
    await endOne();
    const newcomer = (i: number) => void ask(`newcomer ${i}`, caller(`address ${i}`));
    for (let i = 0; i < 4; i++) newcomer(i);
    void ask("known again", caller("phone", "bom", true));
    await settle();
    expect(started).toEqual(["known", "newcomer 0", "newcomer 1"]);
    await endOne();
    expect(started.at(-1)).toBe("known again");
  });

  test("are all given in the end", async () => {
    const asked = Array.from({ length: 6 }, (_, i) => ask(`${i}`, caller(`${i % 3}`, `${i % 2}`)));
    for (let i = 0; i < 6; i++) {
      await settle();
      await endOne();
    }
    expect((await Promise.all(asked)).sort()).toEqual(["0", "1", "2", "3", "4", "5"]);
  });
});
