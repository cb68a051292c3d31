const segmenter = typeof Intl.Segmenter === "function" ? new Intl.Segmenter("ko", { granularity: "grapheme" }) : null;
/** Longest thing that a person calls one character and that is kept whole; what is longer is cut inside. */
const longestGrapheme = 200;

/** Cuts a text to at most so many UTF-16 units, between what people call characters: never inside an emoji or a syllable. */
export function cutAtGrapheme(text: string, maxUnits: number): string {
  if (text.length <= maxUnits) return text;
  const at = segmenter?.segment(text).containing(maxUnits)?.index ?? maxUnits;
  return text.slice(0, maxUnits - at <= longestGrapheme ? at : endOfCodePoint(text, maxUnits));
}

function endOfCodePoint(text: string, units: number): number {
  const isInsidePair = (text.codePointAt(units - 1) ?? 0) > 0xffff;
  return isInsidePair ? units - 1 : units;
}
