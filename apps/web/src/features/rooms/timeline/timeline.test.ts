import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { arrangeTimeline, type TimelineLine } from "./timeline.ts";

let made = 0;
function line(authorId: string | null, sentAt: Date, seq: number | null = ++made): TimelineLine {
  return { key: `k${seq ?? `p${++made}`}`, authorId, sentAt, seq };
}
const at = (hour: number, minute: number, second = 0, day = 21) => new Date(2026, 10, day, hour, minute, second);
const shape = (lines: TimelineLine[], newAfter: number | null = null) =>
  arrangeTimeline(lines, newAfter).map((entry) =>
    [entry.startsDay && "day", entry.startsNew && "new", entry.startsGroup && "first", entry.endsGroup && "last"]
      .filter(Boolean)
      .join(" "),
  );

describe("grouping", () => {
  test("one author within one minute is one group", () => {
    expect(shape([line("a", at(9, 0, 1)), line("a", at(9, 0, 30)), line("a", at(9, 0, 59))])).toEqual([
      "day first",
      "",
      "last",
    ]);
  });
  test("another minute, another author and a system line part groups", () => {
    expect(
      shape([line("a", at(9, 0)), line("a", at(9, 1)), line("b", at(9, 1)), line(null, at(9, 1)), line("b", at(9, 1))]),
    ).toEqual(["day first last", "first last", "first last", "first last", "first last"]);
  });
  test("midnight parts a group that one minute would hold together", () => {
    expect(shape([line("a", at(23, 59, 59)), line("a", at(0, 0, 0, 22))])).toEqual([
      "day first last",
      "day first last",
    ]);
  });
});

describe("the new line", () => {
  test("stands before the first unread line of a person, once", () => {
    const lines = [line("a", at(9, 0), 1), line(null, at(9, 0), 2), line("b", at(9, 0), 3), line("b", at(9, 0), 4)];
    expect(arrangeTimeline(lines, 1).map((entry) => entry.startsNew)).toEqual([false, false, true, false]);
  });
  test("is missing where nothing was unread, and never stands before what waits to be sent", () => {
    expect(arrangeTimeline([line("a", at(9, 0), 1)], null).some((entry) => entry.startsNew)).toBe(false);
    expect(
      arrangeTimeline([line("a", at(9, 0), 1), line("a", at(9, 1), null)], 1).some((entry) => entry.startsNew),
    ).toBe(false);
  });
});

test("whatever the lines are: all are there in order, groups open and close, each day starts once", () => {
  const lines = fc.array(fc.tuple(fc.constantFrom("a", "b", null), fc.integer({ min: 0, max: 300_000 })), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(lines, fc.integer({ min: 0, max: 40 }), (raw, newAfter) => {
      let time = new Date(2026, 10, 20, 23, 0).getTime();
      const input = raw.map(([author, step], index) => {
        time += step;
        return line(author, new Date(time), index + 1);
      });
      const entries = arrangeTimeline(input, newAfter);
      expect(entries.map((entry) => entry.line)).toEqual(input);
      expect(entries.filter((entry) => entry.startsNew).length).toBeLessThanOrEqual(1);
      expect(entries.filter((entry) => entry.startsDay).length).toBe(
        new Set(input.map((l) => l.sentAt.toDateString())).size,
      );
      expect(entries.filter((entry) => entry.startsGroup).length).toBe(
        entries.filter((entry) => entry.endsGroup).length,
      );
    }),
  );
});
