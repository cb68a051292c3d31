/** What is looked at of a key press. */
export type KeyPress = {
  readonly key: string;
  readonly code: string;
  /** 229 while an input method handles the key; the only sign of it in some browsers. */
  readonly keyCode: number;
  readonly isComposing: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  /** The key is being held. */
  readonly repeat: boolean;
};

/**
 * What an Enter is for: `submit` does what the field is for; `spent` belongs to a press that has done so already and
 * must do nothing more; `held` repeats a press, which submits once; `none` is the input method's, a line break, or no
 * Enter at all.
 */
export type EnterMeaning = "submit" | "spent" | "held" | "none";

type Composition = { readonly text: string; readonly hasCandidates: boolean };

/** The code of every key that an input method handles. */
const inputMethodKey = 229;
/** Browsers report the press that ended a composition once more within a few ms; later it is another press. */
const samePressMs = 500;

/** Syllables and single letters of Hangul, also the old ones. */
const hangul = /^[\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb]+$/u;

/** Keys that open, or move in, a list of candidates. Any of them would have ended a syllable that has none. */
const candidateKeys = /^(Arrow|Page|Home|End|Tab|Space|HanjaMode|Convert|NonConvert|Lang2|ControlRight|F9)/;

/** Whether a key press belongs to an input method: nothing else may act on it. */
export function isInputMethodPress(press: Pick<KeyPress, "isComposing" | "keyCode">): boolean {
  return press.isComposing || press.keyCode === inputMethodKey;
}

/**
 * Decides what Enter does while text may be in composition. A Hangul syllable that is merely being put together is
 * complete whenever its writer says so: the Enter that ends it also acts. Whatever was chosen from candidates
 * (Japanese, Chinese, Hanja) is only committed by its Enter: acting then would send what is still being written.
 *
 * Browsers report the same press in different orders. Chromium and Firefox: keydown(229, composing), compositionend, and
 * on macOS keydown(13) once more. WebKit: compositionend, keydown(229, not composing).
 */
export class EnterKey {
  #composition: Composition | null = null;
  /** An Enter was pressed that the input method has yet to answer. */
  #isPending = false;
  /** Whether the composition that has just ended, before its key was reported, was a plain syllable. */
  #ended: { readonly isPlain: boolean } | null = null;
  /** When an Enter acted whose press may be reported once more. */
  #actedAtMs: number | null = null;

  keyDown(press: KeyPress, nowMs: number): EnterMeaning {
    const ended = this.#ended;
    this.#ended = null;
    this.#isPending = false;
    if (!isEnter(press)) {
      this.#actedAtMs = null;
      this.#noteCandidateKey(press);
      return "none";
    }
    if (this.#actedAtMs !== null) {
      if (press.repeat || nowMs - this.#actedAtMs < samePressMs) return "spent";
      this.#actedAtMs = null;
    }
    // Option and Return asks macOS for Hanja; Shift and Enter breaks the line.
    if (press.shiftKey || press.altKey) {
      if (press.altKey) this.#markCandidates();
      return "none";
    }
    if (press.isComposing || this.#composition) {
      this.#isPending = true;
      return "none";
    }
    if (press.keyCode === inputMethodKey) {
      if (!ended?.isPlain) return "none";
      this.#actedAtMs = nowMs;
      return "submit";
    }
    return press.repeat ? "held" : "submit";
  }

  keyUp(press: Pick<KeyPress, "key" | "code" | "keyCode">): void {
    if (!isEnter(press)) return;
    this.#isPending = false;
    this.#actedAtMs = null;
  }

  compositionStart(): void {
    this.#composition = { text: "", hasCandidates: false };
    this.#ended = null;
    this.#actedAtMs = null;
  }

  compositionUpdate(text: string): void {
    if (text === "") return;
    const hasCandidates = this.#composition?.hasCandidates === true || !hangul.test(text);
    this.#composition = { text, hasCandidates };
  }

  /** Call once the field holds the final text. True where the Enter that ended the composition also acts. */
  compositionEnd(text: string, nowMs: number): boolean {
    const composed = this.#composition;
    const isPlain =
      composed?.hasCandidates === false && hangul.test(text) && (composed.text === "" || isSame(composed.text, text));
    this.#composition = null;
    this.#ended = this.#isPending ? null : { isPlain };
    const acts = this.#isPending && isPlain;
    this.#isPending = false;
    if (acts) this.#actedAtMs = nowMs;
    return acts;
  }

  /** Something else was written: the press that acted is over, reported or not. */
  textInserted(): void {
    this.#actedAtMs = null;
  }

  #noteCandidateKey({ key, code }: KeyPress): void {
    if (candidateKeys.test(code) || candidateKeys.test(key)) this.#markCandidates();
  }

  #markCandidates(): void {
    if (this.#composition) this.#composition = { ...this.#composition, hasCandidates: true };
  }
}

/** Under an input method Windows names the key `Process`: then its place on the keyboard decides. */
function isEnter({ key, code, keyCode }: Pick<KeyPress, "key" | "code" | "keyCode">): boolean {
  return key === "Enter" || keyCode === 13 || code === "Enter" || code === "NumpadEnter";
}

function isSame(one: string, other: string): boolean {
  return one.normalize("NFC") === other.normalize("NFC");
}
