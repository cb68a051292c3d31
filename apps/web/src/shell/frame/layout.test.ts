import { expect, test } from "bun:test";
import { contentRem, detailRem, layoutFor, railRem, widthsRem } from "./layout.ts";
import { clampListRem, listRem } from "./list-width.ts";

test.each([
  [20, { paneCount: 1, hasRail: false, listFold: null }],
  [47.9, { paneCount: 1, hasRail: false, listFold: null }],
  [48, { paneCount: 1, hasRail: true, listFold: null }],
  [56.2, { paneCount: 1, hasRail: true, listFold: null }],
  [56.25, { paneCount: 2, hasRail: true, listFold: "open" }],
  [74.9, { paneCount: 2, hasRail: true, listFold: "open" }],
  [75, { paneCount: 3, hasRail: true, listFold: null }],
  [200, { paneCount: 3, hasRail: true, listFold: null }],
] as const)("a window of %p rem is laid out as %p", (widthRem, layout) => {
  expect(layoutFor(widthRem)).toEqual(layout);
});

test("a list that was put away counts on a tablet only", () => {
  expect([50, 60, 80].map((widthRem) => layoutFor(widthRem, true))).toEqual([
    { paneCount: 1, hasRail: true, listFold: null },
    { paneCount: 1, hasRail: true, listFold: "folded" },
    { paneCount: 3, hasRail: true, listFold: null },
  ]);
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
