/** Domains that end in Hangul: a particle behind them is told from the name by this list alone. */
const hangulEnding = /^(.*\.(?:한국|삼성|닷컴|닷넷))[\p{Script=Hangul}]+$/u;
/** A host in ASCII with what a sentence put right behind it: "maru.example에서", "maru.example:8080은". Without the flag `i`, under which K is taken for the Kelvin sign. */
const asciiHost = /^[a-zA-Z0-9.-]+\.(?:[a-zA-Z]{2,}|[0-9]{1,3}|xn--[a-zA-Z0-9-]+)(?::\d+)?(?=\P{ASCII})/u;
/** More of a domain after letters of another script: "lg전자.com". */
const goesOn = /\.[a-z]{2,}(?::\d+)?$/i;

/** Scripts whose letters nobody takes for Latin ones. */
const ownLetters =
  /^(?:[\p{Script=Hangul}a-z0-9-]+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ーa-z0-9-]+|[\p{Script=Thai}0-9-]+|[\p{Script=Arabic}0-9-]+|[\p{Script=Hebrew}0-9-]+|[\p{Script=Devanagari}0-9-]+)$/iu;
/** Latin letters with marks that cannot be overlooked; ì, í, ı and others that pass for plain ones are not among them. */
const markedLatin = /^[a-z0-9äöüßåæøçñéèêëàâôûœ-]+$/iu;
/** Cyrillic and Greek letters pass for Latin ones, unless the whole domain is of their script down to its ending. */
const wholeScript =
  /^(?:[\p{Script=Cyrillic}0-9-]+(?:\.[\p{Script=Cyrillic}0-9-]+)*\.(?:рф|бел|укр|срб|мкд|мон|қаз|бг|ею|рус|онлайн|сайт)|[\p{Script=Greek}0-9-]+(?:\.[\p{Script=Greek}0-9-]+)*\.(?:ελ|ευ))$/iu;

/**
 * Reads the host at the head of an address without its scheme and tells the address from there on, cut where the host leaves
 * off and a sentence begins. Null where the host cannot be checked by eye, or stands behind a name and "@".
 */
export function readHost(rest: string): { readonly address: string } | null {
  const authority = /^[^/?#\\]*/.exec(rest)?.[0] ?? "";
  if (authority.includes("@")) return null;
  const whole = /^[\p{L}\p{N}\p{M}.:-]*/u.exec(authority)?.[0] ?? "";
  const host = cutSentence(whole);
  if (!isReadable(host.replace(/:\d*$/, "").replace(/\.+$/, ""))) return null;
  return { address: host.length < authority.length ? host : rest };
}

function cutSentence(host: string): string {
  const ascii = asciiHost.exec(host)?.[0];
  if (ascii !== undefined && !goesOn.test(host.slice(ascii.length))) return ascii;
  return hangulEnding.exec(host)?.[1] ?? host;
}

function isReadable(host: string): boolean {
  if (wholeScript.test(host)) return true;
  return host.split(".").every((label) => ownLetters.test(label) || markedLatin.test(label));
}
