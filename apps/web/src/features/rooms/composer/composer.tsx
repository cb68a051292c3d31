import { countCharacters, dropUnstorable, isBlankText, trimMessageText } from "@maru/protocol";
import { useLimits } from "@maru/react";
import { IconButton, isInputMethodPress } from "@maru/ui";

import { ArrowUp } from "lucide-react";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useWords } from "../i18n/words.ts";
import { ComposerActions } from "./composer-actions.tsx";

export type ComposerProps = {
  /** What stands in it at first. */
  start: string;
  label: string;
  /** The room that is written to, where more than text can be put into a message. */
  roomId?: string;
  /** Handles every change, with nothing once it was sent. */
  onChange?: (text: string) => void;
  onSend: (text: string) => void;
  onEscape?: () => void;
  /** Arrow up where nothing is written yet. */
  onArrowUp?: () => void;
  /** True where one is expected to write at once, also on a phone. */
  isFocused?: boolean;
  /** Calls with a text that was written, or sent, elsewhere in place of what stands here. Returns how to stop. */
  onWrittenElsewhere?: ((listener: (text: string) => void) => () => void) | undefined;
  /** Stands above the field. */
  note?: ReactNode;
};

/** Where one writes. Enter sends once, also with a Korean input method. */
export function Composer(props: ComposerProps) {
  const { start, label, roomId, onChange, onSend, onEscape, onArrowUp, isFocused = false, note } = props;
  const { onWrittenElsewhere } = props;
  const { t, locale } = useWords();
  const { messageCharacters } = useLimits();
  const grouped = (count: number) => new Intl.NumberFormat(locale).format(count);
  const [text, setText] = useState(start);
  const field = useRef<HTMLTextAreaElement | null>(null);
  const overCount = countCharacters(trimMessageText(text)) - messageCharacters;
  const isSendable = !isBlankText(text) && overCount <= 0;

  const change = (value: string) => {
    // Some input methods break the line after the Enter that already sent.
    const next = value === "\n" && text === "" ? "" : dropUnstorable(value);
    setText(next);
    onChange?.(next);
  };
  const send = () => {
    // The field, not the state: at the end of a composition the state is one syllable behind.
    const message = trimMessageText(dropUnstorable(field.current?.value ?? text));
    if (isBlankText(message) || countCharacters(message) > messageCharacters) return;
    onSend(message);
    if (field.current) field.current.value = "";
    change("");
  };

  const insert = (added: string) => {
    const element = field.current;
    if (!element) return;
    element.setRangeText(added, element.selectionStart, element.selectionEnd, "end");
    change(element.value);
    element.focus();
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: another text may need another height
  useLayoutEffect(() => fitHeight(field.current), [text]);
  useEffect(() => {
    // With a keyboard at hand one can talk at once; on a phone its picture would cover what was said.
    if (isFocused || window.matchMedia("(pointer: fine)").matches) field.current?.focus({ preventScroll: true });
    field.current?.setSelectionRange(-1, -1);
  }, [isFocused]);
  // Whoever writes in another tab does not write here at the same time.
  useEffect(() => onWrittenElsewhere?.(setText), [onWrittenElsewhere]);
  useEffect(() => {
    const element = field.current;
    if (!element || typeof ResizeObserver === "undefined") return;
    let width = element.clientWidth;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth === width) return;
      width = element.clientWidth;
      fitHeight(element);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  return (
    <form
      className="px-3 pt-2 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:px-5"
      onSubmit={(event) => {
        event.preventDefault();
        send();
        field.current?.focus();
      }}
    >
      {note}
      <div className="mx-auto flex max-w-200 items-end gap-1 rounded-2xl bg-raised p-1.5 pl-5 ring-1 ring-inset ring-line-strong transition-shadow focus-within:ring-2 focus-within:ring-focus">
        {roomId && <ComposerActions place="add" roomId={roomId} insert={insert} />}
        <textarea
          ref={field}
          aria-label={label}
          placeholder={t("room.compose.placeholder")}
          rows={1}
          enterKeyHint="send"
          value={text}
          onChange={(event) => change(event.target.value)}
          onKeyDown={(event) => {
            if (isInputMethodPress(event.nativeEvent)) return;
            if (event.key === "Escape" && onEscape) {
              // What else Escape would close stays.
              event.preventDefault();
              onEscape();
            }
            if (event.key === "ArrowUp" && text === "" && onArrowUp) {
              event.preventDefault();
              onArrowUp();
            }
          }}
          className="max-h-40 min-h-11 min-w-0 flex-1 resize-none self-center bg-transparent py-2.5 text-base leading-6 outline-none"
        />
        {roomId && <ComposerActions place="beside" roomId={roomId} insert={insert} />}
        <IconButton
          type="submit"
          tone={isSendable ? "primary" : "quiet"}
          label={t("room.compose.send")}
          icon={<ArrowUp size={22} strokeWidth={2.4} aria-hidden />}
          disabled={!isSendable}
          // The field keeps the focus, so that a phone's keyboard stays.
          onPointerDown={(event) => event.preventDefault()}
        />
      </div>
      <p role="alert" className="mx-auto max-w-200 px-5 pt-1 text-xs text-danger empty:hidden">
        {overCount > 0 ? t("room.compose.tooLong", { max: grouped(messageCharacters), over: grouped(overCount) }) : ""}
      </p>
    </form>
  );
}

/** Makes the field as high as its text; the styles bound it. */
function fitHeight(element: HTMLTextAreaElement | null): void {
  if (!element) return;
  element.style.height = "auto";
  element.style.height = `${element.scrollHeight}px`;
}
