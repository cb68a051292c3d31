import type { CDPSession, Page } from "playwright-core";

/** One text as an input method puts it together: what stands in the field on the way, and what Enter commits. */
export type Composition = {
  readonly name: string;
  readonly steps: readonly string[];
  /** Whether a list of candidates is opened and moved in before. */
  readonly hasList?: boolean;
  readonly committed: string;
  /** Whether the Enter that commits also acts. */
  readonly acts: boolean;
};

/** How people write who need an input method: Hangul is complete as it stands, everything else is chosen first. */
export const compositions: readonly Composition[] = [
  { name: "Korean", steps: ["ㅎ", "하", "한"], committed: "한", acts: true },
  { name: "Hanja", steps: ["하", "한"], hasList: true, committed: "韓", acts: false },
  { name: "Hanja, left in Hangul", steps: ["하", "한"], hasList: true, committed: "한", acts: false },
  { name: "Japanese", steps: ["k", "か", "かn", "かんじ", "漢字"], committed: "漢字", acts: false },
  { name: "Japanese, left in kana", steps: ["か", "かな"], committed: "かな", acts: false },
  { name: "Chinese", steps: ["n", "ni", "ni hao"], committed: "你好", acts: false },
];

/** A keyboard with an input method, driven through the DevTools protocol as the browser's own would be. */
export class ImeKeyboard {
  private constructor(readonly session: CDPSession) {}

  static async of(page: Page): Promise<ImeKeyboard> {
    return new ImeKeyboard(await page.context().newCDPSession(page));
  }

  /** Puts a syllable together, step by step; it stays in composition. */
  async composes(...steps: readonly string[]): Promise<void> {
    for (const text of steps) {
      await this.#key("rawKeyDown", 229, "Process", "KeyA");
      await this.session.send("Input.imeSetComposition", {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      });
    }
  }

  /** Puts finished text in. */
  async types(text: string): Promise<void> {
    await this.session.send("Input.insertText", { text });
  }

  /** Puts a text together up to where the next Enter commits it. */
  async prepares({ steps, hasList = false }: Composition): Promise<void> {
    await this.composes(...steps);
    if (hasList) await this.#key("rawKeyDown", 229, "Process", "ArrowDown");
  }

  /** The Enter belongs to the input method, which ends the composition with this text. */
  async pressesEnterWhileComposing(text: string): Promise<void> {
    await this.#key("rawKeyDown", 229, "Enter", "Enter");
    await this.session.send("Input.insertText", { text });
    await this.#key("keyUp", 13, "Enter", "Enter");
  }

  /** The Escape belongs to the input method, which goes back to what stood there before it was converted. */
  async pressesEscapeWhileComposing(text: string): Promise<void> {
    await this.#key("rawKeyDown", 229, "Escape", "Escape");
    await this.composes(text);
    await this.#key("keyUp", 27, "Escape", "Escape");
  }

  async pressesEnter(): Promise<void> {
    await this.#key("rawKeyDown", 13, "Enter", "Enter");
    await this.session.send("Input.dispatchKeyEvent", { type: "char", text: "\r", key: "Enter", code: "Enter" });
    await this.#key("keyUp", 13, "Enter", "Enter");
  }

  async #key(type: "rawKeyDown" | "keyUp", windowsVirtualKeyCode: number, key: string, code: string): Promise<void> {
    await this.session.send("Input.dispatchKeyEvent", { type, windowsVirtualKeyCode, key, code });
  }
}
