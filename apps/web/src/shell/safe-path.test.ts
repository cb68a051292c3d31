import { expect, test } from "bun:test";
import fc from "fast-check";
import { safePath } from "./safe-path.ts";

test.each([
  "/",
  "/rooms",
  "/rooms/room_0123",
  "/settings",
  "/rooms/room_0123?archived=true&detail=members",
  "/c/one/two?at=3#message-7",
  "/a?next=https://evil.example",
])("%s stays", (path) => expect(safePath(path)).toBe(path));

test("letters of other scripts are written as browsers write them", () => {
  expect(safePath("/찾기?q=마루")).toBe("/%EC%B0%BE%EA%B8%B0?q=%EB%A7%88%EB%A3%A8");
});

test.each([
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/..//evil.example",
  "/.//evil.example",
  "/%2e%2e//evil.example",
  "https://evil.example",
  "https:/evil.example",
  "javascript:alert(1)",
  " /rooms",
  "rooms",
  `/${"a".repeat(500)}`,
  "",
  null,
  7,
  undefined,
])("%p leads home", (path) => expect(safePath(path)).toBe("/"));

/** What addresses are broken with. */
const spelling = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "/",
        "//",
        "\\",
        ".",
        "..",
        "%2e",
        "%2f",
        "%5c",
        "@",
        ":",
        "?",
        "#",
        "&",
        "\t",
        "\n",
        "\u0000",
        "\u2028",
        "\uff0f",
      ),
      fc.constantFrom("evil.example", "https:", "javascript:", "rooms", "user:pass@evil.example"),
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

test("whatever the address says, it leads to a place of this origin, and to the same one when it is read again", () => {
  const origin = "https://maru.example";
  let ownCount = 0;
  fc.assert(
    fc.property(
      fc.oneof(
        spelling,
        spelling.map((rest) => `/${rest}`),
        fc.string({ unit: "binary" }),
      ),
      (next) => {
        const path = safePath(next);
        expect(path.startsWith("/")).toBe(true);
        expect(new URL(path, origin).origin).toBe(origin);
        expect(safePath(path)).toBe(path);
        if (path !== "/") ownCount++;
      },
    ),
    { numRuns: 5_000 },
  );
  // It has let something through at all.
  expect(ownCount).toBeGreaterThan(500);
});
