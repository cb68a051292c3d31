/** What the composer needs to know of a key press. */
export type KeyPress = {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly isComposing: boolean;
  /** 229 while an input method handles the key; the only sign of it in some browsers. */
  readonly keyCode: number;
};

export type EnterDecision = "send" | "send_after_composition" | "none";

/**
 * Decides what Enter does. While a syllable is being put together, Enter first belongs to the input method: the send
 * waits for the composition to end, or the last syllable would be sent twice or left behind in the field.
 */
export function decideEnter(press: KeyPress): EnterDecision {
  if (press.key !== "Enter" && !(press.keyCode === 13)) return "none";
  if (press.shiftKey) return "none";
  return press.isComposing || press.keyCode === 229 ? "send_after_composition" : "send";
}

/**
 * Turns the composer's key and composition events into sends: one Enter, one send, in whatever order the browser
 * tells them. Chromium: keydown(229, composing) → compositionend. WebKit: compositionend → keydown(229, not composing),
 * which must not wait for a composition that is already over.
 */
export class EnterGuard {
  #isComposing = false;
  #isSendDue = false;
  readonly #send: () => void;

  constructor(send: () => void) {
    this.#send = send;
  }

  /** Returns true when the press is ours and its default (a line break) must not happen. */
  keyDown(press: KeyPress): boolean {
    const decision = decideEnter(press);
    if (decision === "none") return false;
    if (decision === "send_after_composition" && (this.#isComposing || press.isComposing)) {
      this.#isSendDue = true;
      return false;
    }
    this.#send();
    return true;
  }

  compositionStart(): void {
    this.#isComposing = true;
  }

  /** Call once the field holds the final text. */
  compositionEnd(): void {
    this.#isComposing = false;
    if (!this.#isSendDue) return;
    this.#isSendDue = false;
    this.#send();
  }
}
