import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { splitLinks } from "./links.ts";

const linksOf = (text: string) => splitLinks(text).flatMap((part) => (part.kind === "link" ? [part.href] : []));

/** The address that is meant, as it stands in the text; null where nothing may be followed. */
const table: readonly (readonly [text: string, address: string | null])[] = [
  // Brackets and quotes.
  ["(https://en.wikipedia.org/wiki/Foo_(bar))", "https://en.wikipedia.org/wiki/Foo_(bar)"],
  ["https://en.wikipedia.org/wiki/Foo_(bar)", "https://en.wikipedia.org/wiki/Foo_(bar)"],
  ["(see https://maru.example/a)", "https://maru.example/a"],
  ["[문서](https://maru.example/a)를", "https://maru.example/a"],
  ["<https://maru.example/a>", "https://maru.example/a"],
  ['"https://maru.example/a"라고', "https://maru.example/a"],
  ["'https://maru.example/a'라고", "https://maru.example/a"],
  ["“https://maru.example/a”", "https://maru.example/a"],
  ["‘https://maru.example/a’ 라고", "https://maru.example/a"],
  ["「https://example.com/a」", "https://example.com/a"],
  ["『https://example.com/a』를", "https://example.com/a"],
  ["【https://example.com/a】", "https://example.com/a"],
  ["（https://example.com/a）", "https://example.com/a"],
  ["《https://example.com/a》", "https://example.com/a"],
  ["**https://maru.example/a**", "https://maru.example/a"],
  ["https://maru.example/a[1]", "https://maru.example/a[1]"],
  ["https://maru.example/{id}", "https://maru.example/{id}"],
  // Apostrophes, dots and dashes inside.
  ["https://en.wikipedia.org/wiki/Euler's_formula", "https://en.wikipedia.org/wiki/Euler's_formula"],
  ["https://en.wikipedia.org/wiki/Euler’s_formula", "https://en.wikipedia.org/wiki/Euler’s_formula"],
  ["https://ko.wikipedia.org/wiki/3·1_운동", "https://ko.wikipedia.org/wiki/3·1_운동"],
  ["https://en.wikipedia.org/wiki/2019–20_season", "https://en.wikipedia.org/wiki/2019–20_season"],
  ["https://ja.wikipedia.org/wiki/ジョン・レノン", "https://ja.wikipedia.org/wiki/ジョン・レノン"],
  // Marks at the end.
  ["https://maru.example/a.", "https://maru.example/a"],
  ["https://maru.example/a...", "https://maru.example/a"],
  ["https://maru.example/a?!", "https://maru.example/a"],
  ["https://maru.example/a, 그리고", "https://maru.example/a"],
  ["https://maru.example/a: 여기", "https://maru.example/a"],
  ["https://maru.example~", "https://maru.example"],
  ["https://maru.example/a~~ 고마워", "https://maru.example/a"],
  ["https://maru.example/~user", "https://maru.example/~user"],
  ["https://maru.example/a…", "https://maru.example/a"],
  ["https://example.com/a，그리고", "https://example.com/a"],
  ["https://example.com/a。次は", "https://example.com/a"],
  ["https://example.com/a、https", "https://example.com/a"],
  ["https://example.com/a！", "https://example.com/a"],
  ["https://example.com/a？", "https://example.com/a"],
  ["https://example.com/a：여기", "https://example.com/a"],
  ["https://maru.example/aㅋㅋㅋ", "https://maru.example/a"],
  ["https://maru.exampleㅋㅋ", "https://maru.example"],
  ["https://maru.example/a😀", "https://maru.example/a"],
  ["https://emojipedia.org/😀", "https://emojipedia.org/😀"],
  ["https://maru.example/?", "https://maru.example/"],
  // Particles behind ASCII.
  ["https://maru.example은 좋아요", "https://maru.example"],
  ["https://maru.example에서 만나요", "https://maru.example"],
  ["https://maru.example입니다.", "https://maru.example"],
  ["https://maru.example/은 좋아요", "https://maru.example/"],
  ["https://maru.example/에서 봐요", "https://maru.example/"],
  ["https://maru.example/a는", "https://maru.example/a"],
  ["https://maru.example/a이", "https://maru.example/a"],
  ["https://maru.example/a가", "https://maru.example/a"],
  ["https://maru.example/a을", "https://maru.example/a"],
  ["https://maru.example/a를클릭하세요", "https://maru.example/a"],
  ["https://maru.example/a으로", "https://maru.example/a"],
  ["https://maru.example/a에서는", "https://maru.example/a"],
  ["https://maru.example/a입니다!", "https://maru.example/a"],
  ["https://maru.example/a예요", "https://maru.example/a"],
  ["https://maru.example/a.를", "https://maru.example/a"],
  ["https://maru.example/wiki/A_(b)를", "https://maru.example/wiki/A_(b)"],
  ["https://youtu.be/dQw4w9WgXc-를 봐", "https://youtu.be/dQw4w9WgXc-"],
  ["https://ko.wikipedia.org/wiki/%EC%9D%80은", "https://ko.wikipedia.org/wiki/%EC%9D%80"],
  ["https://maru.example:8080에서", "https://maru.example:8080"],
  ["https://maru.example/a?b=1을", "https://maru.example/a?b=1"],
  ["https://example.com/aを見てください", "https://example.com/a"],
  ["https://example.com/aです", "https://example.com/a"],
  // Paths and queries of their own letters.
  ["https://ko.wikipedia.org/wiki/은", "https://ko.wikipedia.org/wiki/은"],
  ["https://ko.wikipedia.org/wiki/를", "https://ko.wikipedia.org/wiki/를"],
  ["https://namu.wiki/w/서울은", "https://namu.wiki/w/서울은"],
  ["https://namu.wiki/w/ㅋㅋㅋ", "https://namu.wiki/w/ㅋㅋㅋ"],
  ["https://maru.example/위키/마루", "https://maru.example/위키/마루"],
  ["https://maru.example/?q=은", "https://maru.example/?q=은"],
  ["https://maru.example/a#나", "https://maru.example/a#나"],
  ["https://maru.example/a?b=1&c=%20d#e-f", "https://maru.example/a?b=1&c=%20d#e-f"],
  ["https://zh.wikipedia.org/wiki/北京", "https://zh.wikipedia.org/wiki/北京"],
  ["https://maru.example/me@maru.example", "https://maru.example/me@maru.example"],
  // Domains and ports.
  ["https://한글.kr 도", "https://한글.kr"],
  ["https://마루.한국은 어때", "https://마루.한국"],
  ["https://lg전자.com", "https://lg전자.com"],
  ["https://例え.jp/a", "https://例え.jp/a"],
  ["https://münchen.de/", "https://münchen.de/"],
  ["https://пример.рф/a", "https://пример.рф/a"],
  ["https://xn--2s2b1p.kr에", "https://xn--2s2b1p.kr"],
  ["http://192.168.0.1:8080/a", "http://192.168.0.1:8080/a"],
  ["HTTPS://MARU.EXAMPLE/A", "HTTPS://MARU.EXAMPLE/A"],
  ["주소는https://maru.example/a입니다", "https://maru.example/a"],
  ["1.https://maru.example/a", "https://maru.example/a"],
  ["请看https://example.com/a，谢谢", "https://example.com/a"],
  ["보세요: www.maru.example!", "www.maru.example"],
  ["www.maru.example/a에서", "www.maru.example/a"],
  // Never.
  ["javascript:alert(1)", null],
  ["data:text/html,<script>1</script>", null],
  ["vbscript:msgbox", null],
  ["ftp://maru.example", null],
  ["https://", null],
  ["https://localhost", null],
  ["https://bank.example@evil.example", null],
  ["https://bank.example:pw@evil.example/a", null],
  ["https://bank.example%2f@evil.example", null],
  ["https://\u0430pple.example", null],
  ["https://\u03b1pple.example", null],
  ["https://gíthub.com", null],
  ["https://paypaı.com", null],
  ["https://раураӏ.com", null],
  ["https://evil.\u202eelpmaxe", null],
  ["mail me@www.example.com", null],
  ["me@maru.example", null],
  ["xhttps://maru.example", null],
  ["naver.com 에서", null],
  ["그냥 글이에요", null],
];

describe("an address is the one that is meant", () => {
  test.each(table)("%s", (text, address) => {
    const links = splitLinks(text).filter((part) => part.kind === "link");
    expect(links.map((part) => part.text)).toEqual(address === null ? [] : [address]);
    if (address === null) return;
    const full = /^www\./i.test(address) ? `https://${address}` : address;
    expect(links.map((part) => part.href)).toEqual([new URL(full).href]);
  });

  test("beside others, each in its place", () => {
    const text = "https://a.example/1과 https://b.example/2, 그리고 (www.c.example/3).";
    expect(linksOf(text)).toEqual(["https://a.example/1", "https://b.example/2", "https://www.c.example/3"]);
  });
});

test.each(["\u200b", "\u200d", "\u202a", "\u202e", "\u2066", "\u2069", "\ufeff", "\u00ad", "\u{e0041}"])(
  "no link goes on over the invisible %j",
  (mark) => {
    for (const part of splitLinks(`https://maru.example/a${mark}b https://ma${mark}ru.example`)) {
      if (part.kind === "link") expect(part.text).not.toContain(mark);
    }
    expect(linksOf(`https://maru.example/a${mark}b`)).toEqual(["https://maru.example/a"]);
  },
);

test.each(["https://a.kr/ ", "https://", "www.", "https://a.kr/(((((", "https://a.kr/''''", "www.a.kr가"])(
  "the longest message of nothing but %j costs little more than half of it twice over",
  (piece) => {
    const costOf = (units: number) => {
      const text = piece.repeat(Math.ceil(units / piece.length));
      const from = Bun.nanoseconds();
      splitLinks(text);
      return Bun.nanoseconds() - from;
    };
    costOf(2_000);
    const [half, whole] = [2_000, 4_000].map((units) => Math.min(...Array.from({ length: 5 }, () => costOf(units))));
    // Quadratic would be four times.
    expect(whole ?? 0).toBeLessThan(Math.max((half ?? 0) * 8, 100_000_000));
  },
);

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
