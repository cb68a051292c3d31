import { expect, test } from "bun:test";
import { describeUserAgent } from "./device-names.ts";

const webKit = "AppleWebKit/537.36 (KHTML, like Gecko)";

test.each([
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/141.0.0.0 Safari/537.36`, "Chrome · Windows"],
  [`Mozilla/5.0 (Windows NT 10.0) ${webKit} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0`, "Edge · Windows"],
  [`Mozilla/5.0 (Windows NT 10.0) ${webKit} Chrome/141 Whale/4.30 Safari/537.36`, "Whale · Windows"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Mac"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1", "Safari · iPhone"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148 KAKAOTALK 11.0.0", "KakaoTalk · iPhone"],
  [
    `Mozilla/5.0 (Linux; Android 15; SM-S931N) ${webKit} SamsungBrowser/28.0 Chrome/130 Mobile`,
    "Samsung Internet · Android",
  ],
  ["curl/8.9.1", ""],
  ["", ""],
])("%s is %p", (userAgent, name) => {
  expect(describeUserAgent(userAgent)).toBe(name);
});
