import { describe, expect, test } from "bun:test";
import { findInName } from "./hangul-match.ts";

describe("finding a name by what has been typed so far", () => {
  test.each([
    // Every state that a keyboard of two sets goes through.
    ..."ㄱ 가 갈 가라 가람".split(" ").map((query) => [query, "가람"]),
    ..."ㄷ 다 달 닭 달갸 달걀".split(" ").map((query) => [query, "달걀"]),
    ..."ㄱ 고 과 광 광ㅈ 광주".split(" ").map((query) => [query, "광주"]),
    ["ㄱㄹ", "가람"],
    ["가ㄹ", "가람"],
    ["ㄱ람", "가람"],
    ["ㅇㅁㅅ", "이민수"],
    ["이민", "이민수"],
    ["민ㅅ", "이민수"],
    // Windows puts two consonants into one while they are typed.
    ["ㄳ", "가수"],
    ["ㅄ", "박수"],
    ["없", "업소"],
    ["ㄲ", "까치"],
    ["밖", "바깥"],
    ["ㅇㅎ ㄷ", "조용한 다람쥐"],
    ["조용한다", "조용한 다람쥐"],
    ["MARU", "maru"],
    ["ㅎ", "A 하늘"],
    // A file name of macOS, and a keyboard that sends letters of their own.
    ["가람", "가람".normalize("NFD")],
    ["\u1100\u1105", "가람"],
    ["ａｂ", "abc"],
    ["", "anybody"],
  ] as [string, string][])("%s finds %s", (query, name) => {
    expect(findInName(name, query)).toBeGreaterThanOrEqual(0);
  });

  test.each([
    ["ㄱㄹ", "가을"],
    ["갈", "가남쥐"],
    ["갈다", "가라다"],
    ["나", "가람"],
    ["람가", "가람"],
    ["ㄱ", "까치"],
    ["가람쥐", "가람"],
    ["ㅏ", "가람"],
    ["닭", "달나라"],
  ])("%s does not find %s", (query, name) => {
    expect(findInName(name, query)).toBe(-1);
  });

  test("tells where: the beginning of a name comes first", () => {
    expect(findInName("가람", "ㄹ")).toBe(1);
    expect(findInName("라면", "ㄹ")).toBe(0);
  });
});
