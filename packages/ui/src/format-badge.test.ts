import { expect, test } from "bun:test";
import { formatBadge } from "./format-badge.ts";

test.each([
  [1, "1"],
  [99, "99"],
  [100, "99+"],
  [123_456, "99+"],
])("%d is written %s", (count, text) => expect(formatBadge(count)).toBe(text));
