import { describe, expect, test } from "bun:test";
import { TypeAhead } from "./type-ahead.ts";

const names = ["가람", "나래", "나무", "Zoe"];
const keys = names.map((_, at) => String(at));
const labelOf = (key: string) => names[Number(key)] ?? "";

/** Types letters one after the other, beginning at the first name. */
function typeAll(letters: string, gapMs = 100): (number | null | undefined)[] {
  const typeAhead = new TypeAhead();
  let at = 0;
  return [...letters].map((key, index) => {
    const found = typeAhead.type({ key, code: "", timeStamp: index * gapMs }, keys, at, labelOf);
    at = found ?? at;
    return found;
  });
}

describe("letters typed in a list", () => {
  test("find the next name that begins with them, in either writing, also by the place of a Korean letter", () => {
    expect(typeAll("z")).toEqual([3]);
    expect(typeAll("ㄴ")).toEqual([1]);
    expect(typeAll("s")).toEqual([1]);
    expect(typeAll("sa")).toEqual([1, 2]);
    expect(typeAll("나무")).toEqual([1, 2]);
  });

  test("go on from name to name where the same one comes again after a while", () => {
    expect(typeAll("ss", 1_000)).toEqual([1, 2]);
    expect(typeAll("sss", 1_000)).toEqual([1, 2, 1]);
  });

  test("that no name begins with move nothing; other keys, and a blank that begins nothing, are not theirs", () => {
    expect(typeAll("q")).toEqual([null]);
    expect(typeAll(" ?")).toEqual([undefined, undefined]);
    expect(new TypeAhead().type({ key: "Tab", code: "Tab", timeStamp: 0 }, keys, 0, labelOf)).toBeUndefined();
  });
});
