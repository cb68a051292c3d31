import { expect, test } from "bun:test";
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { createSecretBox, requireKeyOf } from "./secret-box.ts";

const [first, second] = ["a secret that is long enough for this", "another secret that is long enough too"];
const secretBox = createSecretBox(first);

const keyBefore = (purpose: string) => Buffer.from(hkdfSync("sha256", first, "maru", purpose, 32));

/** Seals as versions did that named no key. */
function sealAsBefore(purpose: string, text: string): string {
  const iv = Buffer.alloc(12, 7);
  const cipher = createCipheriv("aes-256-gcm", keyBefore(purpose), iv);
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64url");
}

/** Opens as versions did that knew of no key in a seal. */
function openAsBefore(purpose: string, sealed: string): string {
  const bytes = Buffer.from(sealed, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", keyBefore(purpose), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
}

test("what was sealed is read again, and looks different each time", () => {
  const [one, two] = [secretBox.seal("a", "마루"), secretBox.seal("a", "마루")];
  expect(one).not.toBe(two);
  expect([secretBox.open("a", one), secretBox.open("a", two)]).toEqual(["마루", "마루"]);
});

test("nothing else is read: another purpose, another secret, a changed or a short text, another key's name", () => {
  const sealed = secretBox.seal("a", "hanok");
  const other = createSecretBox(second);
  const [body = "", id = ""] = sealed.split("=");
  const changed = `${body.slice(0, -2)}${body.endsWith("AA") ? "BB" : "AA"}=${id}`;
  const renamed = `${body}=${other.seal("a", "x").split("=")[1]}`;
  const broken = [changed, renamed, `${body.slice(0, -1)}=${id}`, `${body}==${id}`, `=${id}`, "x", ""];
  expect([secretBox.open("b", sealed), other.open("a", sealed)]).toEqual([null, null]);
  for (const text of broken) expect([text, secretBox.open("a", text)]).toEqual([text, null]);
});

test("a short secret is refused, as the present one and as an earlier one", () => {
  expect(() => createSecretBox("short")).toThrow("at least 32");
  expect(() => createSecretBox(first, ["short"])).toThrow("at least 32");
});

test("a fingerprint is the same for the same text, and another under another purpose or secret", () => {
  const other = createSecretBox(second);
  expect(secretBox.fingerprint("a", "x")).toBe(secretBox.fingerprint("a", "x"));
  const prints = [secretBox.fingerprint("a", "x"), secretBox.fingerprint("a", "y"), secretBox.fingerprint("b", "x")];
  expect(new Set([...prints, other.fingerprint("a", "x")]).size).toBe(4);
});

test("an earlier secret opens and is known by its fingerprints, and seals nothing", () => {
  const sealed = secretBox.seal("a", "봄");
  const changed = createSecretBox(second, [first]);
  expect(changed.open("a", sealed)).toBe("봄");
  expect(changed.isPresent(sealed)).toBe(false);
  const anew = changed.seal("a", "봄");
  expect([changed.isPresent(anew), createSecretBox(second).open("a", anew), secretBox.open("a", anew)]).toEqual([
    true,
    "봄",
    null,
  ]);
  const [own, earlier] = [createSecretBox(second).fingerprint("a", "x"), secretBox.fingerprint("a", "x")];
  expect([changed.fingerprint("a", "x"), changed.fingerprints("a", "x")]).toEqual([own, [own, earlier]]);
});

test("a seal of before, which names no key, is opened by whichever secret it is of, and counts as due", () => {
  const before = sealAsBefore("a", "옛날");
  for (const known of [secretBox, createSecretBox(second, [first])]) {
    expect([known.open("a", before), known.isPresent(before), known.lacksKeyOf(before)]).toEqual([
      "옛날",
      false,
      false,
    ]);
  }
  expect(createSecretBox(second).open("a", before)).toBeNull();
});

test("the version before opens what is sealed now, whatever its length", () => {
  for (let length = 0; length < 9; length++) {
    const text = "가".repeat(length) + "x".repeat(length % 3);
    expect(openAsBefore("a", secretBox.seal("a", text))).toBe(text);
  }
});

test("a seal of a secret that is not here is known as such, and nothing that was typed counts against anybody", () => {
  const foreign = createSecretBox(second).seal("a", "x");
  expect([
    secretBox.lacksKeyOf(foreign),
    secretBox.lacksKeyOf(secretBox.seal("a", "x")),
    secretBox.lacksKeyOf(""),
  ]).toEqual([true, false, false]);
  expect(() => requireKeyOf(secretBox, foreign)).toThrow(expect.objectContaining({ code: "server.busy" }));
  expect(() => requireKeyOf(secretBox, secretBox.seal("a", "x"))).not.toThrow();
});

test("the name of a key tells nothing of another key, and is the same wherever the secret is", () => {
  const idOf = (sealed: string) => sealed.split("=")[1];
  expect(idOf(secretBox.seal("a", "x"))).toBe(idOf(createSecretBox(first, [second]).seal("b", "y")));
  expect(idOf(secretBox.seal("a", "x"))).not.toBe(idOf(createSecretBox(second).seal("a", "x")));
  expect(idOf(secretBox.seal("a", "x"))).toHaveLength(8);
});
