const openers = /[\u202A\u202B\u202D\u202E\u2066-\u2068]/u;
const marks = /[\u202A-\u202E\u2066-\u2069]/u;
const [popEmbedding, popIsolate] = ["\u202C", "\u2069"];
/** How deep directions may be nested; what would open more is left out, as no writing needs it. */
const maxDepth = 16;

/**
 * Closes, at the end of each line, every change of direction that the line began (UAX #9), and leaves out ends without a
 * beginning: no text turns what stands after or around it. All that can be seen stays as it was written.
 */
export function closeDirections(text: string): string {
  return marks.test(text) ? text.replace(/[^\n\u2029]+/gu, closeLine) : text;
}

function closeLine(line: string): string {
  if (!marks.test(line)) return line;
  const open: string[] = [];
  let closed = "";
  for (const character of line) {
    if (openers.test(character)) {
      if (open.length >= maxDepth) continue;
      open.push(character >= "\u2066" ? popIsolate : popEmbedding);
    } else if (character === popEmbedding) {
      // An embedding is never closed from inside an isolate that it stands around.
      if (open.at(-1) !== popEmbedding) continue;
      open.pop();
    } else if (character === popIsolate) {
      if (!open.includes(popIsolate)) continue;
      // The end of an isolate ends the embeddings inside it too.
      while (open.pop() !== popIsolate);
    }
    closed += character;
  }
  return closed + open.reverse().join("");
}
