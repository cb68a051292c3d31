import { expect, test } from "bun:test";
import { createSeals } from "./seals.ts";

const seals = createSeals("a secret that is long enough for this");

test("what was sealed is read again, and looks different each time", () => {
  const [one, two] = [seals.seal("a", "마루"), seals.seal("a", "마루")];
  expect(one).not.toBe(two);
  expect([seals.open("a", one), seals.open("a", two)]).toEqual(["마루", "마루"]);
});

test("nothing else is read: another purpose, another secret, a changed or a short text", () => {
  const sealed = seals.seal("a", "hanok");
  const other = createSeals("another secret that is long enough too");
  const changed = sealed.slice(0, -2) + (sealed.endsWith("AA") ? "BB" : "AA");
  const answers = [seals.open("b", sealed), other.open("a", sealed), seals.open("a", changed), seals.open("a", "x")];
  expect(answers).toEqual([null, null, null, null]);
});

test("a short secret is refused", () => {
  expect(() => createSeals("short")).toThrow("at least 32");
});

test("a fingerprint is the same for the same text, and another under another purpose or secret", () => {
  const other = createSeals("another secret that is long enough too");
  expect(seals.fingerprint("a", "x")).toBe(seals.fingerprint("a", "x"));
  const prints = [seals.fingerprint("a", "x"), seals.fingerprint("a", "y"), seals.fingerprint("b", "x")];
  expect(new Set([...prints, other.fingerprint("a", "x")]).size).toBe(4);
});
