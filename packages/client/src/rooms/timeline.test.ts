import { describe, expect, test } from "bun:test";
import type { Message, RoomChange, RoomPush } from "@maru/protocol";
import { seededRandom } from "@maru/testkit";
import { aMessage, RoomLog, roomId } from "../fixtures/entities.fixture.ts";
import { Timeline } from "./timeline.ts";

const silent = { onMember() {}, onRoom() {}, onMessage() {} };

function pushOf({ rev, message, member }: RoomChange, epoch = "one"): RoomPush {
  return message
    ? { push: "message.sent", roomId, epoch, rev, message }
    : { push: "member.updated", roomId, epoch, rev, member: member as NonNullable<RoomChange["member"]> };
}

/** A room in which so much was said, and a timeline that holds its newest page. */
function start(said: number, limit = 50): { log: RoomLog; timeline: Timeline } {
  const log = new RoomLog();
  for (let i = 0; i < said; i++) log.say();
  const timeline = new Timeline(silent);
  timeline.load(log.page({ limit }), "one");
  return { log, timeline };
}

function push(timeline: Timeline, log: RoomLog, ...revs: number[]): void {
  for (const rev of revs) timeline.push(pushOf(log.changes[rev - 1] as RoomChange));
}

const seqs = (timeline: Timeline) => timeline.messages.map(({ seq }) => seq);

describe("pushes", () => {
  test("that come early wait for the missing one, and none is taken twice", () => {
    const { log, timeline } = start(2);
    for (let i = 0; i < 3; i++) log.say();
    push(timeline, log, 5, 4, 4);
    expect(seqs(timeline)).toEqual([1, 2]);
    expect(timeline.hasGap).toBe(true);
    push(timeline, log, 3, 5, 3);
    expect(seqs(timeline)).toEqual([1, 2, 3, 4, 5]);
    expect(timeline.hasGap).toBe(false);
  });

  test("that come before the first page are put behind it", () => {
    const log = new RoomLog();
    const timeline = new Timeline(silent);
    log.say();
    const page = log.page({});
    log.say();
    push(timeline, log, 1, 2);
    expect(seqs(timeline)).toEqual([]);
    timeline.load(page, "one");
    expect(timeline.messages).toEqual(log.messages);
  });

  test("of another numbering call for a fresh page, and what comes while it is on its way is kept", () => {
    const { timeline } = start(3);
    const other = new RoomLog();
    other.say();
    expect(timeline.push(pushOf(other.changes[0] as RoomChange, "two"))).toBe(false);
    const page = other.page({});
    other.say({ text: "said while the page was on its way" });
    timeline.push(pushOf(other.changes[1] as RoomChange, "two"));
    timeline.load(page, "two");
    expect(timeline.messages).toEqual(other.messages);
  });

  test("of the old numbering that waited are forgotten with it", () => {
    const { log, timeline } = start(1);
    for (let i = 0; i < 3; i++) log.say({ text: "of the old numbering" });
    push(timeline, log, 3);
    const other = new RoomLog();
    other.say();
    other.say();
    timeline.load(other.page({}), "two");
    expect(timeline.messages).toEqual(other.messages);
    expect(timeline.hasGap).toBe(false);
  });
});

describe("what was missed", () => {
  test("puts a message in its place although it was edited after later ones were sent", () => {
    const { log, timeline } = start(1);
    for (let i = 0; i < 3; i++) log.say();
    log.edit(2);
    timeline.catchUp(log.since(1));
    expect(timeline.messages).toEqual(log.messages);
  });

  test("fills a room that was empty, whatever was edited", () => {
    const { log, timeline } = start(0);
    for (let i = 0; i < 3; i++) log.say();
    log.edit(1);
    timeline.catchUp(log.since(0));
    expect(timeline.messages).toEqual(log.messages);
  });

  test("from a later place than the one held is no answer", () => {
    const { log, timeline } = start(1);
    for (let i = 0; i < 3; i++) log.say();
    timeline.catchUp(log.since(3));
    expect(seqs(timeline)).toEqual([1]);
  });
});

describe("an older page", () => {
  test("does not bring back what was edited while it was on its way", () => {
    const { log, timeline } = start(10, 3);
    const asked = timeline.askOlder();
    const page = log.page({ before: asked?.before ?? 0, limit: 3 });
    log.edit(6);
    push(timeline, log, 11);
    timeline.prepend(page, asked as NonNullable<typeof asked>);
    expect(timeline.messages).toEqual(log.messages.slice(4));
  });

  test("asked for before everything was loaded afresh is dropped, because it would hide a hole", () => {
    const { log, timeline } = start(10, 3);
    const asked = timeline.askOlder() as NonNullable<ReturnType<Timeline["askOlder"]>>;
    const page = log.page({ before: asked.before, limit: 3 });
    for (let i = 0; i < 20; i++) log.say();
    timeline.load(log.page({ limit: 3 }), "one");
    timeline.prepend(page, asked);
    expect(seqs(timeline)).toEqual([28, 29, 30]);
    expect(timeline.hasOlder).toBe(true);
  });
});

describe("another part of the history", () => {
  test("stays by itself while things are said, and is joined to the newest when paged on", () => {
    const { log, timeline } = start(20, 3);
    timeline.show(log.page({ after: 4, limit: 3 }), timeline.askElsewhere());
    expect([seqs(timeline), timeline.hasOlder, timeline.hasNewer]).toEqual([[5, 6, 7], true, true]);
    log.say();
    log.edit(6);
    push(timeline, log, 21, 22);
    expect(timeline.messages).toEqual(log.messages.slice(4, 7));
    const asked = timeline.askNewer() as NonNullable<ReturnType<Timeline["askNewer"]>>;
    const page = log.page({ after: asked.after });
    log.say();
    push(timeline, log, 23);
    timeline.append(page, asked);
    expect(timeline.messages).toEqual(log.messages.slice(4));
    expect([timeline.hasNewer, timeline.askNewer()]).toEqual([false, null]);
  });
});

/** Gives a timeline everything that a network might make of a room, and asks for what is missing at the end. */
function tellBadly(seed: number): { log: RoomLog; timeline: Timeline } {
  const random = seededRandom(seed);
  const below = (end: number) => Math.floor(random() * end);
  const log = new RoomLog();
  const timeline = new Timeline(silent);
  const happen = () => {
    const chance = random();
    if (chance < 0.6 || log.messages.length === 0) log.say();
    else if (chance < 0.9) log.edit(1 + below(log.messages.length));
    else log.changeMember();
  };
  for (let i = below(30); i > 0; i--) happen();
  timeline.load(log.page({ limit: 5 }), "one");

  const underway: (() => void)[] = [];
  for (let i = 0; i < 120; i++) {
    const chance = random();
    if (chance < 0.5) {
      happen();
      const change = log.changes.at(-1) as RoomChange;
      const arrive = () => timeline.push(pushOf(change));
      if (random() < 0.8) underway.push(arrive);
      if (random() < 0.2) underway.push(arrive);
      if (change.message && random() < 0.3) underway.push(() => timeline.offerMessage(change.message as Message));
    } else if (chance < 0.6) {
      const asked = timeline.askOlder();
      if (asked) {
        const page = log.page({ before: asked.before, limit: 1 + below(6) });
        underway.push(() => timeline.prepend(page, asked));
      }
    } else if (chance < 0.63) {
      const asked = timeline.askNewer() ?? timeline.askElsewhere();
      const after = "after" in asked ? (asked.after as number) : below(log.messages.length);
      const page = log.page({ after, limit: 1 + below(6) });
      if (page.messages.length === 0) continue;
      underway.push(() => ("after" in asked ? timeline.append(page, asked) : timeline.show(page, asked)));
    } else if (chance < 0.66) {
      const missed = log.since(timeline.rev as number);
      underway.push(() => timeline.catchUp(missed));
    } else if (chance < 0.67) {
      timeline.load(log.page({ limit: 5 }), "one");
    } else {
      underway.splice(below(underway.length), 1)[0]?.();
      expectWhole(timeline, seed);
    }
  }
  for (const arrive of underway) arrive();
  timeline.catchUp(log.since(timeline.rev as number));
  for (let asked = timeline.askNewer(); asked; asked = timeline.askNewer()) {
    timeline.append(log.page({ after: asked.after }), asked);
  }
  return { log, timeline };
}

/** Nothing missing between what is shown, nothing twice. */
function expectWhole({ messages }: Timeline, seed: number): void {
  const first = messages[0]?.seq ?? 0;
  expect({ seed, seqs: messages.map(({ seq }) => seq) }).toEqual({ seed, seqs: messages.map((_, i) => first + i) });
}

test("whatever is lost, doubled, late or out of order, a timeline ends as the database", () => {
  for (let seed = 1; seed <= 400; seed++) {
    const { log, timeline } = tellBadly(seed);
    expectWhole(timeline, seed);
    expect({ seed, messages: timeline.messages }).toEqual({
      seed,
      messages: log.messages.slice((timeline.messages[0]?.seq ?? 1) - 1),
    });
    expect({ seed, hasOlder: timeline.hasOlder, hasGap: timeline.hasGap, rev: timeline.rev }).toEqual({
      seed,
      hasOlder: (timeline.messages[0]?.seq ?? 1) > 1,
      hasGap: false,
      rev: log.rev,
    });
  }
});

test("a message that came early is told of when its turn has come, and once", () => {
  const told: number[] = [];
  const timeline = new Timeline({ ...silent, onMessage: ({ seq }) => told.push(seq) });
  timeline.load({ messages: [], hasOlder: false, rev: 0 }, "one");
  timeline.offerMessage(aMessage({ seq: 2 }));
  timeline.offerMessage(aMessage({ seq: 1 }));
  timeline.offerMessage(aMessage({ seq: 2 }));
  expect(told).toEqual([1, 2]);
});
