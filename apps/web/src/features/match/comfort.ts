/** The catalogue key of what is said to whoever waits: that it is quick, that it may take a while, and what else can be done. */
export function comfortKey(elapsedMs: number) {
  if (elapsedMs < 15_000) return "match.waiting.soon";
  return elapsedMs < 60_000 ? "match.waiting.later" : "match.waiting.long";
}
