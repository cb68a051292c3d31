import { describe, expect, test } from "bun:test";
import { EnterGuard, type KeyPress } from "./enter-key.ts";

const enter: KeyPress = {
  key: "Enter",
  shiftKey: false,
  isComposing: false,
  keyCode: 13,
};

function newGuard() {
  const sends: string[] = [];
  let text = "";
  const guard = new EnterGuard(() => {
    if (text) sends.push(text);
    text = "";
  });
  return { guard, sends, write: (value: string) => (text = value) };
}

describe("one Enter, one send", () => {
  test("plain letters", () => {
    const { guard, sends, write } = newGuard();
    write("hi");
    expect(guard.keyDown(enter)).toBe(true);
    expect(sends).toEqual(["hi"]);
  });

  test("Chromium with a Korean input method: the key comes while composing, the end after it", () => {
    const { guard, sends, write } = newGuard();
    guard.compositionStart();
    write("안녕");
    guard.keyDown({ ...enter, isComposing: true, keyCode: 229 });
    expect(sends).toEqual([]);
    guard.compositionEnd();
    expect(sends).toEqual(["안녕"]);
  });

  test("Chromium, where the key is told a second time after the end", () => {
    const { guard, sends, write } = newGuard();
    guard.compositionStart();
    write("안녕");
    guard.keyDown({ ...enter, isComposing: true, keyCode: 229 });
    guard.compositionEnd();
    guard.keyDown(enter);
    expect(sends).toEqual(["안녕"]);
  });

  test("WebKit: the composition ends before the key, which still carries 229", () => {
    const { guard, sends, write } = newGuard();
    guard.compositionStart();
    write("안녕");
    guard.compositionEnd();
    guard.keyDown({ ...enter, isComposing: false, keyCode: 229 });
    expect(sends).toEqual(["안녕"]);
  });

  test("choosing with the input method by another key sends nothing", () => {
    const { guard, sends, write } = newGuard();
    guard.compositionStart();
    write("안녕");
    guard.keyDown({
      key: " ",
      shiftKey: false,
      isComposing: true,
      keyCode: 229,
    });
    guard.compositionEnd();
    expect(sends).toEqual([]);
  });

  test("Shift and Enter is the field's own line break", () => {
    const { guard, sends, write } = newGuard();
    write("a");
    expect(guard.keyDown({ ...enter, shiftKey: true })).toBe(false);
    expect(sends).toEqual([]);
  });
});
