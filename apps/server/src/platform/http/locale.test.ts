import { expect, test } from "bun:test";
import { localeOf } from "./locale.ts";

test.each([
  ["", "ko"],
  ["ko-KR,ko;q=0.9,en;q=0.8", "ko"],
  ["en-US,en;q=0.9", "en"],
  ["EN", "en"],
  ["ko;q=0.3, en;q=0.7", "en"],
  ["en;q=0", "ko"],
  ["fr, de;q=0.9", "ko"],
  ["fr, en;q=0.2", "en"],
  ["en;q=nonsense", "ko"],
  ["en , ko", "ko"],
] as const)("«%s» is answered in %s", (header, locale) => {
  const request = new Request("http://x/", { headers: header ? { "accept-language": header } : {} });
  expect(localeOf(request)).toBe(locale);
});
