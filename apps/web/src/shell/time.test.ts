import { expect, test } from "bun:test";
import { dayOf, formatDay, formatElapsed, formatMoment } from "./time.ts";

const now = new Date(2026, 10, 21, 15, 7);

test.each([
  [0, "0:00"],
  [7_900, "0:07"],
  [750_000, "12:30"],
  [3_605_000, "1:00:05"],
  [-5, "0:00"],
])("%d ms is %s", (ms, text) => expect(formatElapsed(ms)).toBe(text));

test("a moment is as short as it stays clear", () => {
  const say = (at: Date) => [formatMoment(at, now, "ko"), formatMoment(at, now, "en")];
  expect(say(new Date(2026, 10, 21, 9, 5))).toEqual(["오전 9:05", expect.stringMatching(/^9:05\sAM$/)]);
  expect(say(new Date(2026, 10, 20, 23, 59))).toEqual(["어제", "yesterday"]);
  expect(say(new Date(2026, 2, 1, 12))).toEqual(["3월 1일", "Mar 1"]);
  expect(say(new Date(2025, 2, 1, 12))).toEqual(["2025. 3. 1.", "3/1/2025"]);
});

test("a day is named with its weekday, and with the year where it is another one", () => {
  expect(formatDay(now, now, "ko")).toBe("11월 21일 토요일");
  expect(formatDay(new Date(2025, 0, 1), now, "ko")).toBe("2025년 1월 1일 수요일");
});

test("a day begins at midnight where the reader is", () => {
  expect(dayOf(new Date(2026, 0, 1, 0, 0, 0))).toBe("2026-01-01");
  expect(dayOf(new Date(2026, 0, 1, 23, 59, 59))).toBe("2026-01-01");
});
