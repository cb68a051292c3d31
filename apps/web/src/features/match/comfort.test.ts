import { expect, test } from "bun:test";
import { comfortKey } from "./comfort.ts";
import { ko } from "./i18n/ko.ts";

test("from a minute on whoever waits is told what else may help", () => {
  expect([0, 14_999].map(comfortKey)).toEqual(["match.waiting.soon", "match.waiting.soon"]);
  expect([15_000, 31_000, 59_999].map(comfortKey)).toEqual([
    "match.waiting.later",
    "match.waiting.later",
    "match.waiting.later",
  ]);
  expect([60_000, 65_000, 3_600_000].map(comfortKey)).toEqual([
    "match.waiting.long",
    "match.waiting.long",
    "match.waiting.long",
  ]);
  expect(new Set(Object.values(ko.match.waiting)).size).toBe(Object.values(ko.match.waiting).length);
});
