import { expect, test } from "bun:test";
import { createSecretBox } from "./secret-box.ts";

const secretBox = createSecretBox("a secret that is long enough for this");

test("what was sealed is read again, and looks different each time", () => {
  const [one, two] = [secretBox.seal("a", "마루"), secretBox.seal("a", "마루")];
  expect(one).not.toBe(two);
  expect([secretBox.open("a", one), secretBox.open("a", two)]).toEqual(["마루", "마루"]);
});

test("nothing else is read: another purpose, another secret, a changed or a short text", () => {
  const sealed = secretBox.seal("a", "hanok");
  const other = createSecretBox("another secret that is long enough too");
  const changed = sealed.slice(0, -2) + (sealed.endsWith("AA") ? "BB" : "AA");
  const answers = [
    secretBox.open("b", sealed),
    other.open("a", sealed),
    secretBox.open("a", changed),
    secretBox.open("a", "x"),
  ];
  expect(answers).toEqual([null, null, null, null]);
});

test("a short secret is refused", () => {
  expect(() => createSecretBox("short")).toThrow("at least 32");
});

test("a fingerprint is the same for the same text, and another under another purpose or secret", () => {
  const other = createSecretBox("another secret that is long enough too");
  expect(secretBox.fingerprint("a", "x")).toBe(secretBox.fingerprint("a", "x"));
  const prints = [secretBox.fingerprint("a", "x"), secretBox.fingerprint("a", "y"), secretBox.fingerprint("b", "x")];
  expect(new Set([...prints, other.fingerprint("a", "x")]).size).toBe(4);
});
