import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { splitLinks } from "./links.ts";

const linksOf = (text: string) => splitLinks(text).flatMap((part) => (part.kind === "link" ? [part.href] : []));

describe("an address ends where the sentence goes on", () => {
  test.each([
    ["여기 https://maru.example/a?b=1#c 봐요", "https://maru.example/a?b=1#c"],
    ["https://maru.example에서 만나요", "https://maru.example/"],
    ["(https://maru.example/a)", "https://maru.example/a"],
    ["https://maru.example/wiki/A_(b)", "https://maru.example/wiki/A_(b)"],
    ["https://maru.example/위키/마루", "https://maru.example/%EC%9C%84%ED%82%A4/%EB%A7%88%EB%A3%A8"],
    ["보세요: www.maru.example!", "https://www.maru.example/"],
    ["http://maru.example...", "http://maru.example/"],
    ["https://마루.kr 도", "https://xn--2s2b1p.kr/"],
  ])("%s", (text, href) => expect(linksOf(text)).toEqual([href]));
});

describe("no link is made of", () => {
  test.each([
    "javascript:alert(1)",
    "data:text/html,<script>1</script>",
    "https://",
    "https://localhost",
    "https://bank.example@evil.example",
    "https://\u0430pple.example",
    "https://evil.\u202eelpmaxe",
    "ftp://maru.example",
    "그냥 글이에요",
  ])("%s", (text) => expect(linksOf(text)).toEqual([]));
});

test("the parts joined are the message, and every link leads to the web", () => {
  const piece = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.webUrl(),
    fc.constantFrom(" ", "(", ")", ".", "에서", "www.a.kr"),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join("");
      const parts = splitLinks(text);
      expect(parts.map((part) => part.text).join("")).toBe(text);
      for (const part of parts) if (part.kind === "link") expect(part.href).toMatch(/^https?:\/\//);
    }),
  );
});
