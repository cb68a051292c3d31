/** What Korean puts right behind a word without a space. */
const koreanEndings = [
  "은|는|이|가|을|를|의|에|에서|에게|에도|에만|에는|에서는|에서도|에서만|에서의|으로|로|으로는|로는|으로도|로도|와|과|도|만|랑|이랑|하고",
  "까지|까지는|까지도|부터|부터는|보다|보다는|처럼|마다|밖에|조차|라고|이라고|라는|이라는|라도|이라도|라서|이라서|라면|이라면|란|이란",
  "나|이나|든|이든|인데|인데요|인가|인가요|이네요|네요|예요|이에요|에요|이야|야|죠|이죠|지요|입니다|입니다만|입니까|였어요|이었어요",
  "이고|고|이며|며|요|이요|좀|보세요|봐|봐요|봐주세요|참고하세요|인지|님",
].join("|");
const japaneseEndings = "を|は|が|に|で|へ|と|も|の|から|まで|より|です|ですよ";
/** Endings after which people who leave no space write on; no word begins with them. */
const running = "를|을|입니다|이에요|예요|에서|を";

const behindWord = new RegExp(
  `(?<=[a-z0-9)\\].,!?])(?:(?:${koreanEndings}|${japaneseEndings})|(?:${running})[\\p{Script=Hangul}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Han}ー]*)$`,
  "iu",
);
/** Behind a dash or underscore only where nothing else of the address is in these letters: names of videos end so. */
const behindDash = new RegExp(`^(\\p{ASCII}*[_-])(?:${koreanEndings})$`, "u");
/** Behind the slash of the bare host; behind a deeper one stands a name, as in "/wiki/은". */
const behindHost = new RegExp(`^((?:https?://)?[^/]*/)(?:${koreanEndings})$`, "iu");
/** Laughter and pictures right behind a word. */
const behindLaughter = /(?<=[a-z0-9_=-])(?:[ㄱ-ㅎㅏ-ㅣ]+|(?:\p{Extended_Pictographic}|\p{EMod}|\uFE0F|\u200D)+)$/iu;
const marks = /[.,!?:;~…·、。'^|]+$/u;

/** Takes off the end of an address what belongs to the sentence: particles, marks, laughter, the emphasis it stands in. */
export function trimSentence(address: string, before: string | undefined): string {
  let trimmed = address;
  for (;;) {
    const shorter = trimOnce(trimmed, before);
    if (shorter === trimmed) return trimmed;
    trimmed = shorter;
  }
}

function trimOnce(address: string, before: string | undefined): string {
  if ((before === "*" || before === "_" || before === "~") && address.endsWith(before)) return address.slice(0, -1);
  return address
    .replace(marks, "")
    .replace(behindLaughter, "")
    .replace(behindWord, "")
    .replace(behindDash, "$1")
    .replace(behindHost, "$1");
}
