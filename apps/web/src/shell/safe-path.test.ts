import { expect, test } from "bun:test";
import { safePath } from "./safe-path.ts";

test.each(["/", "/rooms", "/rooms/room_0123", "/settings"])("%s stays", (path) => expect(safePath(path)).toBe(path));

test.each([
  "//evil.example",
  "/\\evil.example",
  "https://evil.example",
  "javascript:alert(1)",
  "/a?b",
  "",
  null,
  7,
  undefined,
])("%p leads home", (path) => expect(safePath(path)).toBe("/"));
