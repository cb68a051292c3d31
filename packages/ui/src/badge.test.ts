import { expect, test } from "bun:test";
import { formatBadge } from "./badge.tsx";

test.each([
  [1, "1"],
  [999, "999"],
  [1_000, "999+"],
  [123_456, "999+"],
])("%d is written %s", (count, text) => expect(formatBadge(count)).toBe(text));
