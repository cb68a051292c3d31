import { useMemo } from "react";
import { createLazyModule } from "../../../shell/lazy-module.ts";

const links = createLazyModule(() => import("./links.ts"));
/** What any address begins with; without it the rules for them are not even fetched. */
const mayHoldLink = /https?:\/\/|www\./i;

/** The words of a message with addresses that can be followed, opened apart and without telling where from. */
export function LinkedText({ text }: { text: string }) {
  return mayHoldLink.test(text) ? <TextWithLinks text={text} /> : text;
}

function TextWithLinks({ text }: { text: string }) {
  const loaded = links.useLoaded();
  const parts = useMemo(() => loaded?.splitLinks(text) ?? [{ kind: "text" as const, text }], [loaded, text]);
  return parts.map((part, at) =>
    part.kind === "text" ? (
      part.text
    ) : (
      <a
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
        key={at}
        href={part.href}
        // An address reads from left to right, whatever the text around it does.
        dir="ltr"
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
