import { useMemo } from "react";
import { splitLinks } from "./links.ts";

/** The words of a message with addresses that can be followed, opened apart and without telling where from. */
export function LinkedText({ text }: { text: string }) {
  const parts = useMemo(() => splitLinks(text), [text]);
  return parts.map((part, at) =>
    part.kind === "text" ? (
      part.text
    ) : (
      <a
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
        key={at}
        href={part.href}
        target="_blank"
        // The list is one stop of the Tab key; the actions of the message lead there.
        tabIndex={-1}
        rel="noopener noreferrer nofollow"
        className="rounded-sm underline decoration-1 underline-offset-3 hover:decoration-2"
      >
        {part.text}
      </a>
    ),
  );
}
