import type { Locale } from "./errors.ts";
import type { Alias } from "./rooms/entities.ts";

type Word = { readonly ko: string; readonly en: string };

/** Adjectives of aliases. Append only: a stored alias is an index into this list. */
export const aliasAdjectives: readonly Word[] = [
  { ko: "고요한", en: "Quiet" },
  { ko: "푸른", en: "Blue" },
  { ko: "다정한", en: "Kind" },
  { ko: "느긋한", en: "Easygoing" },
  { ko: "반짝이는", en: "Sparkling" },
  { ko: "씩씩한", en: "Brave" },
  { ko: "포근한", en: "Cozy" },
  { ko: "맑은", en: "Clear" },
  { ko: "부지런한", en: "Busy" },
  { ko: "용감한", en: "Bold" },
  { ko: "수줍은", en: "Shy" },
  { ko: "즐거운", en: "Merry" },
  { ko: "따뜻한", en: "Warm" },
  { ko: "산뜻한", en: "Fresh" },
  { ko: "슬기로운", en: "Wise" },
  { ko: "재빠른", en: "Swift" },
  { ko: "엉뚱한", en: "Quirky" },
  { ko: "꿈꾸는", en: "Dreaming" },
  { ko: "노래하는", en: "Singing" },
  { ko: "걷는", en: "Strolling" },
  { ko: "웃는", en: "Smiling" },
  { ko: "하얀", en: "White" },
  { ko: "은은한", en: "Gentle" },
  { ko: "새벽의", en: "Dawn" },
  { ko: "달빛", en: "Moonlit" },
  { ko: "봄날의", en: "Spring" },
  { ko: "숲속의", en: "Forest" },
  { ko: "바닷가", en: "Seaside" },
  { ko: "별난", en: "Curious" },
  { ko: "든든한", en: "Sturdy" },
  { ko: "해맑은", en: "Sunny" },
  { ko: "졸린", en: "Sleepy" },
];

/** Nouns of aliases. Append only: a stored alias is an index into this list. */
export const aliasNouns: readonly Word[] = [
  { ko: "고래", en: "Whale" },
  { ko: "여우", en: "Fox" },
  { ko: "수달", en: "Otter" },
  { ko: "두루미", en: "Crane" },
  { ko: "고양이", en: "Cat" },
  { ko: "다람쥐", en: "Squirrel" },
  { ko: "부엉이", en: "Owl" },
  { ko: "호랑이", en: "Tiger" },
  { ko: "토끼", en: "Rabbit" },
  { ko: "사슴", en: "Deer" },
  { ko: "제비", en: "Swallow" },
  { ko: "참새", en: "Sparrow" },
  { ko: "거북이", en: "Turtle" },
  { ko: "나비", en: "Butterfly" },
  { ko: "까치", en: "Magpie" },
  { ko: "곰", en: "Bear" },
  { ko: "너구리", en: "Raccoon" },
  { ko: "펭귄", en: "Penguin" },
  { ko: "돌고래", en: "Dolphin" },
  { ko: "해달", en: "Sea Otter" },
  { ko: "오리", en: "Duck" },
  { ko: "강아지", en: "Puppy" },
  { ko: "고슴도치", en: "Hedgehog" },
  { ko: "판다", en: "Panda" },
  { ko: "알파카", en: "Alpaca" },
  { ko: "반딧불이", en: "Firefly" },
  { ko: "소나무", en: "Pine" },
  { ko: "은하수", en: "Milky Way" },
  { ko: "조약돌", en: "Pebble" },
  { ko: "구름", en: "Cloud" },
  { ko: "단풍", en: "Maple" },
  { ko: "이끼", en: "Moss" },
];

/** Spells an alias in one language: "고요한 고래", "Quiet Whale". */
export function describeAlias(alias: Alias, locale: Locale): string {
  const adjective = aliasAdjectives[alias.adjective % aliasAdjectives.length];
  const noun = aliasNouns[alias.noun % aliasNouns.length];
  return `${adjective?.[locale]} ${noun?.[locale]}`;
}
