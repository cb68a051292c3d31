/** What a guide says of one file: its text, or how a file that is there changes. */
export type GuideBlock = { readonly file: string; readonly isChange: boolean; readonly text: string };

/** Reads the blocks of a guide that name a file after their language: ```` ```ts path ````; a `diff` changes one that is there. */
export function readBlocks(markdown: string): GuideBlock[] {
  const found = markdown.matchAll(/^```(\w+) (\S+)\n([\s\S]*?)^```$/gm);
  return [...found].map(([, language, file = "", text = ""]) => ({ file, isChange: language === "diff", text }));
}

/**
 * Changes a text as a block of a guide says: `+` adds a line after the one named before it, or at the top; `-` takes one
 * away; the others are found as they stand, in their order.
 */
export function applyChange(text: string, change: string): string {
  const lines = text.split("\n");
  let at = 0;
  for (const line of change.split("\n").filter((each) => each !== "")) {
    const [mark, rest] = [line[0], line.slice(1)];
    if (mark === "+") {
      lines.splice(at++, 0, rest);
      continue;
    }
    const found = lines.indexOf(rest, at);
    if (found === -1) throw new Error(`There is no line «${rest}» further down.`);
    if (mark === "-") lines.splice(found, 1);
    at = mark === "-" ? found : found + 1;
  }
  return lines.join("\n");
}
