import type { CDPSession, Page } from "playwright-core";

/** A keyboard with a Korean input method, driven through the DevTools protocol as the browser's own would be. */
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

  /** The Enter belongs to the input method, which ends the composition with this text. */
  async pressesEnterWhileComposing(text: string): Promise<void> {
    await this.#key("rawKeyDown", 229, "Enter", "Enter");
    await this.session.send("Input.insertText", { text });
    await this.#key("keyUp", 13, "Enter", "Enter");
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
