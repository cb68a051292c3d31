import { describe, expect, test } from "bun:test";
import { EnterKey, type EnterMeaning, isInputMethodPress, type KeyPress } from "./enter-key.ts";

const plain: KeyPress = {
  key: "Enter",
  code: "Enter",
  keyCode: 13,
  isComposing: false,
  shiftKey: false,
  altKey: false,
  repeat: false,
};
const composing: KeyPress = { ...plain, keyCode: 229, isComposing: true };

/** A field in which something is written with an input method, and how often its form was submitted. */
class Field {
  readonly #enter = new EnterKey();
  submitCount = 0;
  nowMs = 0;

  press(press: Partial<KeyPress> = {}): EnterMeaning {
    const meaning = this.#enter.keyDown({ ...plain, ...press }, ++this.nowMs);
    if (meaning === "submit") this.submitCount++;
    return meaning;
  }

  release(): void {
    this.#enter.keyUp(plain);
  }

  composes(...steps: readonly string[]): void {
    this.#enter.compositionStart();
    for (const step of steps) this.updates(step);
  }

  updates(text: string): void {
    this.#enter.compositionUpdate(text);
  }

  ends(text: string): void {
    if (this.#enter.compositionEnd(text, ++this.nowMs)) this.submitCount++;
  }

  writes(): void {
    this.#enter.textInserted();
  }
}

describe("a syllable that is merely being composed", () => {
  test("plain letters: one Enter, one submit", () => {
    const field = new Field();
    expect(field.press()).toBe("submit");
  });

  test.each([
    ["한", ["ㅎ", "하", "한"]],
    ["ㅋ", ["ㅋ"]],
    ["안녕", ["안녕"]],
    ["ᄒᆞᆫ", ["ᄒ", "ᄒᆞ", "ᄒᆞᆫ"]],
  ])("Chromium and Firefox: the Enter that ends %s acts", (text, steps) => {
    const field = new Field();
    field.composes(...steps);
    expect(field.press(composing)).toBe("none");
    field.ends(text);
    expect(field.submitCount).toBe(1);
  });

  test("Chromium on macOS: the same press is told a second time and is spent, also while it is held", () => {
    const field = new Field();
    field.composes("한");
    field.press(composing);
    field.ends("한");
    expect(field.press()).toBe("spent");
    field.nowMs += 600;
    expect(field.press({ repeat: true })).toBe("spent");
    field.release();
    expect(field.press()).toBe("submit");
    expect(field.submitCount).toBe(2);
  });

  test("a release that went elsewhere does not swallow the next press", () => {
    const field = new Field();
    field.composes("한");
    field.press(composing);
    field.ends("한");
    field.nowMs += 600;
    expect(field.press()).toBe("submit");
    field.composes("글");
    field.press(composing);
    field.ends("글");
    field.writes();
    expect(field.press()).toBe("submit");
  });

  test("WebKit: the composition ends before its key, which still carries 229", () => {
    const field = new Field();
    field.composes("한");
    field.ends("한");
    expect(field.press({ keyCode: 229 })).toBe("submit");
  });

  test("Windows names the key Process: its place tells", () => {
    const field = new Field();
    field.composes("한");
    field.press({ ...composing, key: "Process" });
    field.ends("한");
    field.release();
    field.composes("글");
    field.press({ ...composing, key: "Process", code: "NumpadEnter" });
    field.ends("글");
    expect(field.submitCount).toBe(2);
  });

  test("a preedit that is cleared before it is committed is the same syllable", () => {
    const field = new Field();
    field.composes("하", "한", "");
    field.press(composing);
    field.ends("한");
    expect(field.submitCount).toBe(1);
  });

  test("ended by another key it waits for the Enter to come", () => {
    const field = new Field();
    field.composes("한");
    field.press({ ...composing, key: " ", code: "Space" });
    field.ends("한");
    expect(field.submitCount).toBe(0);
    expect(field.press()).toBe("submit");
  });
});

describe("what was chosen from candidates is only committed", () => {
  test.each([
    ["Japanese, converted", ["k", "か", "かん", "かんじ", "漢字"], "漢字"],
    ["Japanese, left in kana", ["か", "かな"], "かな"],
    ["Chinese", ["n", "ni", "ni hao"], "你好"],
    ["Chinese, committed as letters", ["n", "ni", "nihao"], "nihao"],
    ["Hanja, shown in the field", ["하", "한", "韓"], "韓"],
    ["Hanja, shown beside it", ["하", "한"], "韓"],
    ["Hanja with its reading", ["한"], "韓(한)"],
    ["a suggestion in Hangul", ["안녕"], "안녕하세요"],
    ["Vietnamese", ["vie", "việ"], "việt"],
  ])("%s", (_, steps, text) => {
    const chromium = new Field();
    chromium.composes(...steps);
    expect(chromium.press(composing)).toBe("none");
    chromium.ends(text);
    chromium.release();
    expect(chromium.submitCount).toBe(0);
    expect(chromium.press()).toBe("submit");

    const webkit = new Field();
    webkit.composes(...steps);
    webkit.ends(text);
    expect(webkit.press({ keyCode: 229 })).toBe("none");
    webkit.release();
    expect(webkit.press()).toBe("submit");
  });

  test.each([
    { key: "HanjaMode", code: "Lang2" },
    { key: "Process", code: "ArrowDown" },
    { key: "Enter", code: "Enter", altKey: true },
  ])("Hangul that stays Hangul in the list of Hanja: %p", (key) => {
    const field = new Field();
    field.composes("한");
    field.press({ ...composing, ...key });
    field.press(composing);
    field.ends("한");
    expect(field.submitCount).toBe(0);
  });

  test("an Enter that chooses one clause of several is over with its release", () => {
    const field = new Field();
    field.composes("한");
    field.press(composing);
    field.release();
    field.ends("한");
    expect(field.submitCount).toBe(0);
  });

  test("a key that is handled without a composition is the input method's own", () => {
    const field = new Field();
    expect(field.press({ keyCode: 229 })).toBe("none");
  });
});

test("Shift and Enter breaks the line; a held Enter submits once", () => {
  const field = new Field();
  expect(field.press({ shiftKey: true })).toBe("none");
  expect(field.press()).toBe("submit");
  expect(field.press({ repeat: true })).toBe("held");
});

test("a press of an input method is known by either sign", () => {
  expect([plain, composing, { ...plain, keyCode: 229 }].map(isInputMethodPress)).toEqual([false, true, true]);
});
