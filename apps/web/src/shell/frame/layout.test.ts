import { expect, test } from "bun:test";
import { contentRem, detailRem, layoutFor, railRem, widthsRem } from "./layout.ts";
import { clampListRem, listRem } from "./list-width.ts";

test.each([
  [20, { paneCount: 1, hasRail: false }],
  [47.9, { paneCount: 1, hasRail: false }],
  [48, { paneCount: 1, hasRail: true }],
  [56.2, { paneCount: 1, hasRail: true }],
  [56.25, { paneCount: 2, hasRail: true }],
  [74.9, { paneCount: 2, hasRail: true }],
  [75, { paneCount: 3, hasRail: true }],
  [200, { paneCount: 3, hasRail: true }],
] as const)("a window of %p rem is laid out as %p", (widthRem, layout) => {
  expect(layoutFor(widthRem)).toEqual(layout);
});

test("what is read keeps its width beside the widest list and the detail", () => {
  expect(widthsRem.twoPanes - railRem - listRem.most).toBeGreaterThanOrEqual(contentRem);
  expect(widthsRem.threePanes - railRem - listRem.most - detailRem).toBeGreaterThanOrEqual(contentRem);
});

test.each([
  [0, listRem.least],
  [20, 20],
  [99, listRem.most],
  [Number.NaN, listRem.usual],
] as const)("a list of %p rem is %p wide", (wanted, width) => expect(clampListRem(wanted)).toBe(width));
