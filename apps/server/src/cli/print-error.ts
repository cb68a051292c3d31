/** Longest line that is said; what somebody typed may be of any length. */
const maxLine = 500;

/**
 * Prints on standard error what is wrong. What was typed comes back inside the words, so they are made fit for a terminal:
 * control characters, which could move its cursor or clear it, are spelt out, and long lines are cut.
 */
export function printError(words: string): void {
  console.error(words.split("\n").map(fitForTerminal).join("\n"));
}

function fitForTerminal(line: string): string {
  const visible = line.replace(
    /[\p{Cc}\p{Cs}\u2028\u2029]/gu,
    (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`,
  );
  const letters = [...visible];
  return letters.length > maxLine ? `${letters.slice(0, maxLine).join("")} …` : visible;
}
