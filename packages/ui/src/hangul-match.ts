/** The consonants that begin a syllable, in Unicode's order. */
const initials = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const vowels = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ";
/** What may end a syllable, in Unicode's order; the first is nothing. */
const finals = ["", ..."ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"];

/** Letters that a keyboard puts together out of two. */
const pairs: Readonly<Record<string, string>> = {
  ...{
    ㄳ: "ㄱㅅ",
    ㄵ: "ㄴㅈ",
    ㄶ: "ㄴㅎ",
    ㄺ: "ㄹㄱ",
    ㄻ: "ㄹㅁ",
    ㄼ: "ㄹㅂ",
    ㄽ: "ㄹㅅ",
    ㄾ: "ㄹㅌ",
    ㄿ: "ㄹㅍ",
    ㅀ: "ㄹㅎ",
    ㅄ: "ㅂㅅ",
  },
  ...{ ㅘ: "ㅗㅏ", ㅙ: "ㅗㅐ", ㅚ: "ㅗㅣ", ㅝ: "ㅜㅓ", ㅞ: "ㅜㅔ", ㅟ: "ㅜㅣ", ㅢ: "ㅡㅣ" },
};

type Syllable = { readonly initial: string; readonly vowel: string; readonly final: string };

/** Takes a syllable apart; null for every other character. */
function takeApart(character: string | undefined): Syllable | null {
  const at = (character?.charCodeAt(0) ?? 0) - 0xac00;
  if (at < 0 || at >= 11_172) return null;
  return {
    initial: initials[Math.floor(at / 588)] ?? "",
    vowel: vowels[Math.floor((at % 588) / 28)] ?? "",
    final: finals[at % 28] ?? "",
  };
}

/** One form for what looks the same: composed, lower case, without blanks, letters written together apart. */
function normalize(text: string): string[] {
  const characters = [...text.normalize("NFC").toLowerCase().replace(/\s+/gu, "")];
  return characters.map(standAlone);
}

/** A letter of the kind that only stands inside syllables, or of full width, as the usual one. */
function standAlone(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x1100 && code <= 0x1112) return initials[code - 0x1100] ?? character;
  if (code >= 0x1161 && code <= 0x1175) return vowels[code - 0x1161] ?? character;
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCodePoint(code - 0xfee0).toLowerCase();
  return character;
}

/**
 * Finds where a name holds what somebody looks for, -1 where it does not. A consonant alone stands for each syllable that
 * begins with it (`ㄱㄹ` finds 가람), and the last syllable may still be on its way: 가, 가ㄹ and 갈 all find 가람.
 */
export function findInName(name: string, query: string): number {
  const wanted = normalize(query).flatMap((each) => (initials.includes(each) ? each : [...(pairs[each] ?? each)]));
  const characters = normalize(name);
  if (wanted.length === 0) return 0;
  return characters.findIndex((_, at) => isAt(characters, at, wanted));
}

function isAt(characters: readonly string[], at: number, wanted: readonly string[]): boolean {
  return wanted.every((each, offset) => {
    const here = characters[at + offset];
    if (here === undefined) return false;
    if (here === each) return true;
    if (initials.includes(each)) return takeApart(here)?.initial === each;
    return offset === wanted.length - 1 && isBegun(characters, at + offset, each);
  });
}

/** Whether what is being composed can become what stands here. */
function isBegun(characters: readonly string[], at: number, begun: string): boolean {
  const here = takeApart(characters[at]);
  const part = takeApart(begun);
  if (!here || !part || here.initial !== part.initial) return false;
  if (part.final === "") return here.vowel === part.vowel || pairs[here.vowel]?.[0] === part.vowel;
  if (here.vowel !== part.vowel) return false;
  if (pairs[here.final]?.[0] === part.final) return true;
  // The consonant below may yet begin the next syllable.
  const next = takeApart(characters[at + 1])?.initial;
  const [first = "", second = ""] = pairs[part.final] ?? "";
  return next === part.final ? here.final === "" : here.final === first && first !== "" && next === second;
}
