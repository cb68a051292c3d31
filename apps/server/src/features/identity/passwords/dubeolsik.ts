/** Which keys the letters of a Hangul syllable are on a Korean keyboard (두벌식), in the order in which Unicode has them. */
const initials = "r R s e E f a q Q t T d w W c z x v g".split(" ");
const vowels = "k o i O j p u P h hk ho hl y n nj np nl b m ml l".split(" ");
const finals = " r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g".split(" ");

const firstSyllable = 0xac00;
const lastSyllable = 0xd7a3;

/** What comes out when Korean is typed with the keyboard set to English: `안녕` becomes `dkssud`. */
export function toKeystrokes(text: string): string {
  return Array.from(text.normalize("NFC"), (letter) => {
    const code = letter.codePointAt(0) ?? 0;
    if (code < firstSyllable || code > lastSyllable) return letter;
    const at = code - firstSyllable;
    const vowel = Math.floor(at / finals.length);
    const keys = [
      initials[Math.floor(vowel / vowels.length)],
      vowels[vowel % vowels.length],
      finals[at % finals.length],
    ];
    return keys.join("");
  }).join("");
}
