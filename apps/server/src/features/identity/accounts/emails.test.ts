import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readEmail } from "./emails.ts";

describe("readEmail", () => {
  test("makes two spellings of one address one key", () => {
    expect(readEmail("  Mina.Kim@Example.COM ")).toEqual({
      address: "Mina.Kim@example.com",
      key: "mina.kim@example.com",
    });
    expect(readEmail("MINA.KIM@example.com")?.key).toBe("mina.kim@example.com");
  });

  test("writes an international domain in ASCII, however it was composed", () => {
    const composed = readEmail("mina@한국.kr");
    expect(composed?.address).toBe("mina@xn--3e0b707e.kr");
    expect(readEmail(`mina@${"한국".normalize("NFD")}.kr`)).toEqual(composed as NonNullable<typeof composed>);
  });

  test("leaves dots and tags alone: they may be somebody else's mailbox", () => {
    expect(readEmail("a.b+c@example.com")?.key).toBe("a.b+c@example.com");
  });

  const wrong = [
    "",
    "@",
    "a@",
    "@b.kr",
    "a b@c.kr",
    "a@b",
    "a@b..kr",
    "a@-b.kr",
    "a@b.kr\r\nBcc: x@y.kr",
    "a@[127.0.0.1]",
    "a@1.2.3.4",
    ".a@b.kr",
    "a.@b.kr",
    "a..b@c.kr",
    "민아@example.com",
    "a@b.kr:25",
    "a@b.kr/x",
    "a@b@",
    `${"a".repeat(65)}@b.kr`,
    `a@${"b".repeat(64)}.kr`,
    "a\u0000@b.kr",
    "a@b\u0000.kr",
    "<a@b.kr>",
    "\u{202E}a@b.kr",
  ];
  for (const text of wrong) {
    test(`refuses ${JSON.stringify(text).slice(0, 40)}`, () => expect(readEmail(text)).toBeNull());
  }

  test("reading its own result changes nothing, and what it lets pass is plain ASCII", () => {
    const part = fc.string({ unit: fc.constantFrom(..."aZ9.+-_é한 @".split("")), minLength: 1, maxLength: 12 });
    const texts = fc.oneof(
      fc.string(),
      fc.emailAddress(),
      fc.tuple(part, part).map(([a, b]) => `${a}@${b}.kr`),
    );
    let accepted = 0;
    fc.assert(
      fc.property(texts, (text) => {
        const email = readEmail(text);
        if (!email) return;
        accepted++;
        expect(readEmail(email.address)).toEqual(email);
        expect(readEmail(email.key)?.key).toBe(email.key);
        expect(email.address).toMatch(/^[\x21-\x7e]+$/);
      }),
      { numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});
