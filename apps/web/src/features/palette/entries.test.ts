import { describe, expect, test } from "bun:test";
import type { PaletteEntry, PaletteGroup } from "../../shell/palette-entry.ts";
import { findEntries } from "./entries.ts";

function entry(group: PaletteGroup, label: string, more: Partial<PaletteEntry> = {}): PaletteEntry {
  return { key: label, group, label, icon: null, run: () => {}, ...more };
}

const entries = [
  entry("places", "로그인과 보안", { hints: "비밀번호 패스키" }),
  entry("actions", "매칭 시작", { isOffered: true }),
  entry("actions", "로그아웃"),
  entry("rooms", "나가람", { isOffered: true }),
  entry("rooms", "가람"),
];

const labels = (query: string) => findEntries(entries, query).map(({ label }) => label);

describe("finding everything", () => {
  test("by initials, whole or half-written syllables: names that begin so come first", () => {
    for (const query of ["ㄱㄹ", "가ㄹ", "갈", "가람"]) expect(labels(query)).toEqual(["가람", "나가람"]);
  });

  test("rooms, then what can be done, then pages", () => {
    expect(labels("ㄹㄱ")).toEqual(["로그아웃", "로그인과 보안"]);
  });

  test("by other words that mean it", () => {
    expect(labels("비밀")).toEqual(["로그인과 보안"]);
    expect(labels("밀번호")).toEqual([]);
  });

  test("offers something before anything is looked for, and the person of a nickname after everything", () => {
    expect(labels("  ")).toEqual(["나가람", "매칭 시작"]);
    const person = entry("people", "가람님에게 말 걸기");
    expect(findEntries([person, ...entries], "가람").at(-1)).toBe(person);
    expect(findEntries([person, ...entries], "")).not.toContain(person);
  });

  test("shows no more of a kind than can be looked over", () => {
    const many = Array.from({ length: 50 }, (_, at) => entry("rooms", `방 ${at}`));
    expect(findEntries(many, "방")).toHaveLength(6);
  });
});
