import { toKeystrokes } from "./dubeolsik.ts";

/**
 * Words that Korean passwords are made of and no English list has; each counts as typed in Hangul and on an English
 * keyboard. Kept by hand.
 */
const koreanWords = (
  "비밀번호 안녕하세요 안녕 사랑해 사랑해요 사랑 행복하자 행복해 행복 감사합니다 고맙습니다 대한민국 우리나라 우리가족 우리집 가족 " +
  "엄마 아빠 친구 공주 왕자 천사 하나님 예수님 바보 멍청이 강아지 고양이 토끼 호랑이 하늘 바다 나무 소나무 무지개 " +
  "서울 부산 한국 독도 태극기 화이팅 파이팅 최고 대박 로또 부자 돈벼락 컴퓨터 인터넷 관리자 운영자 아이디 마루 대화 채팅 카카오 네이버 삼성 " +
  "김치 라면 떡볶이 치킨 가나다라 가나다라마바사 하나둘셋 일이삼사 나는나 나야나 몰라 몰라요 궁금해 홍길동"
).split(" ");

/** Letters of a password that are looked at, at its head and at its tail. One of them being hard to guess is enough. */
const partLength = 24;

/** Ways of reading digits as letters that are tried; each costs a look through every list. */
const maxSubstitutions = 24;

/** What a text repeats from its beginning to its end, the last time perhaps cut short; the text itself if nothing. */
function findRepeated(letters: readonly string[]): readonly string[] {
  for (let length = 1; length <= letters.length / 2; length++) {
    if (letters.every((letter, at) => letter === letters[at % length])) return letters.slice(0, length);
  }
  return letters;
}

/** A password as it may have been typed, and words that somebody who knows its owner tries first. */
export type GuessQuestion = { readonly spellings: readonly string[]; readonly own: readonly string[] };

/** Guesses that the easiest spelling takes, as powers of ten: by who tries what most people choose, and by who knows its owner. */
export type GuessAnswer = { readonly ofStrangers: number; readonly ofAcquaintances: number };

/** How many guesses a password takes, as a power of ten. `own` are words that somebody who knows its owner tries first. */
export type GuessEstimate = (password: string, own: readonly string[]) => number;

/**
 * Loads zxcvbn-ts with its list of common passwords, its keyboards, and Korean words. It is for the thread of `password-guesser.ts`.
 *
 * Its time grows with the square of the length, and a sixth of a second for 128 characters of the worst kind, so a
 * password is looked at in two parts of bounded length.
 */
export async function loadGuessEstimate(): Promise<GuessEstimate> {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
  ]);
  const korean = koreanWords.flatMap((word) => [word, toKeystrokes(word).toLowerCase()]);
  const estimator = new ZxcvbnFactory({
    dictionary: { ...dictionary, korean },
    graphs: adjacencyGraphs,
    l33tMaxSubstitutions: maxSubstitutions,
  });

  return (password, own) => {
    const letters = Array.from(password);
    const repeated = findRepeated(letters);
    const parts = [
      repeated.slice(0, partLength),
      ...(repeated.length > partLength ? [repeated.slice(-partLength)] : []),
    ];
    // A long word is found in a part by the part of it that stands there.
    const words = [...new Set(own.flatMap((word) => [word, word.slice(0, partLength), word.slice(-partLength)]))];
    const estimates = parts.map((part) => estimator.check(part.join(""), words).guessesLog10);
    return Math.max(...estimates) + Math.log10(letters.length / repeated.length);
  };
}
