import { EnterKey, isInputMethodPress } from "./enter-key.ts";

type Field = HTMLInputElement | HTMLTextAreaElement;

/**
 * Gives Enter one meaning in every field of the page: it submits the field's form, once, with any input method. A text
 * area takes part where its `enterKeyHint` says that Enter sends. Stands once, around everything; returns how to stop.
 */
export function followEnterKey(page: Document): () => void {
  const enter = new EnterKey();
  const end = new AbortController();
  // In the capture phase: no field, menu or dialog acts on a key before the rule has spoken.
  const options = { capture: true, signal: end.signal };
  page.addEventListener(
    "keydown",
    (event) => {
      const meaning = enter.keyDown(event, event.timeStamp);
      const field = findField(event.target);
      // Escape puts the candidates away, not what lies behind them.
      if (field && event.key === "Escape" && isInputMethodPress(event)) return event.stopImmediatePropagation();
      if (meaning === "none") return;
      if (meaning === "spent") {
        // Wherever the focus has gone meanwhile.
        event.stopImmediatePropagation();
        return event.preventDefault();
      }
      if (!field || !isSubmitting(field)) return;
      if (meaning === "held") return event.preventDefault();
      // A plain Enter in a line of text submits by itself.
      if (isLine(field) && !isInputMethodPress(event)) return;
      event.preventDefault();
      submit(field);
    },
    options,
  );
  page.addEventListener("keyup", (event) => enter.keyUp(event), options);
  page.addEventListener("compositionstart", () => enter.compositionStart(), options);
  page.addEventListener("compositionupdate", (event) => enter.compositionUpdate(event.data), options);
  page.addEventListener(
    "compositionend",
    (event) => {
      const acts = enter.compositionEnd(event.data, event.timeStamp);
      const field = findField(event.target);
      if (acts && field && isSubmitting(field)) submit(field);
    },
    options,
  );
  page.addEventListener(
    "beforeinput",
    (event) => {
      // Some input methods break the line by the press that has acted already.
      if (event.inputType !== "insertLineBreak" && event.inputType !== "insertParagraph") enter.textInserted();
    },
    options,
  );
  return () => end.abort();
}

function findField(target: EventTarget | null): Field | null {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement ? target : null;
}

function isLine(field: Field): boolean {
  return field instanceof HTMLInputElement;
}

function isSubmitting(field: Field): boolean {
  return isLine(field) || field.enterKeyHint === "send";
}

/** Does what the browser does for Enter: presses the form's first submit button, which may refuse. */
function submit(field: Field): void {
  const { form } = field;
  if (!form) return;
  const button = [...form.elements].find(
    (each): each is HTMLButtonElement => each instanceof HTMLButtonElement && each.type === "submit",
  );
  if (button) button.click();
  else form.requestSubmit();
}
