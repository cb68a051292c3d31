import { expect, test } from "bun:test";
import { computeHotp, describeTotpUri, findTotpStep, toBase32 } from "./totp.ts";

const key = Buffer.from("12345678901234567890");

test("one-time passwords are those of RFC 4226, appendix D", () => {
  const expected = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
  expect(expected.map((_, counter) => computeHotp(key, counter))).toEqual(expected);
});

test.each([
  [59, "94287082"],
  [1_111_111_109, "07081804"],
  [1_111_111_111, "14050471"],
  [1_234_567_890, "89005924"],
  [2_000_000_000, "69279037"],
  [20_000_000_000, "65353130"],
])("the code at %d s is that of RFC 6238, appendix B", (seconds, expected) => {
  expect(computeHotp(key, Math.floor(seconds / 30), 8)).toBe(expected);
  expect(findTotpStep(key, expected.slice(2), seconds * 1_000, 0)).toBe(Math.floor(seconds / 30));
});

test("secrets are written as RFC 4648 has it", () => {
  const vectors = { f: "MY", fo: "MZXQ", foo: "MZXW6", foob: "MZXW6YQ", fooba: "MZXW6YTB", foobar: "MZXW6YTBOI" };
  for (const [text, expected] of Object.entries(vectors)) expect(toBase32(Buffer.from(text))).toBe(expected);
});

test("a code is taken half a minute early and late, not later, and not twice", () => {
  const step = 1_000;
  const code = computeHotp(key, step);
  const at = (offset: number, lastStep = 0) => findTotpStep(key, code, (step + offset) * 30_000, lastStep);
  expect([at(-2), at(-1), at(0), at(1), at(2)]).toEqual([null, step, step, step, null]);
  expect([at(0, step - 1), at(0, step), at(0, step + 1)]).toEqual([step, null, null]);
});

test("the QR code names who and where", () => {
  const uri = new URL(describeTotpUri("MZXW6", "bom@maru.example", "마루"));
  expect(decodeURIComponent(uri.pathname)).toBe("/마루:bom@maru.example");
  expect(Object.fromEntries(uri.searchParams)).toMatchObject({ secret: "MZXW6", issuer: "마루", period: "30" });
});
