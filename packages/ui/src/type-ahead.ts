import { findInName } from "./hangul-match.ts";

/** Letters that come sooner than this after each other belong together. */
const togetherMs = 700;

/** The consonants where a Korean keyboard has them: outside fields the browser reports the Latin letter. */
const consonants = new Map(
  [..."qㅂwㅈeㄷrㄱtㅅaㅁsㄴdㅇfㄹgㅎzㅋxㅌcㅊvㅍ".matchAll(/([a-z])(.)/gu)].map(([, a, b]) => [a, b]),
);

type Typed = Pick<KeyboardEvent, "key" | "timeStamp" | "code">;

/** Finds an item by the first letters of its name. */
export class TypeAhead {
  #typed = "";
  #typedAtMs = Number.NEGATIVE_INFINITY;

  /** The index that was found, null where nothing is, undefined where the key is no letter. */
  type(press: Typed, keys: readonly string[], at: number, labelOf: (key: string) => string): number | null | undefined {
    const { key, timeStamp } = press;
    const isGoingOn = timeStamp - this.#typedAtMs < togetherMs;
    if ([...key].length !== 1 || key === "?" || (key === " " && (!isGoingOn || this.#typed === ""))) return undefined;
    this.#typed = isGoingOn ? this.#typed + key : key;
    this.#typedAtMs = timeStamp;
    const typed = this.#typed;
    const asKorean = [...typed.toLowerCase()].map((letter) => consonants.get(letter) ?? letter).join("");
    // One letter goes on to the next item; more of them may still mean this one.
    const order = keys.map((_, offset) => (at + (typed.length === 1 ? 1 : 0) + offset) % keys.length);
    for (const wanted of new Set([typed, asKorean])) {
      const found = order.find((index) => findInName(labelOf(keys[index] ?? ""), wanted) === 0);
      if (found !== undefined) return found;
    }
    return null;
  }
}
