const systems: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, "iPhone"],
  [/iPad|Macintosh(?=.*Mobile)/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "Mac"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

const browsers: readonly (readonly [RegExp, string])[] = [
  [/KAKAOTALK/i, "KakaoTalk"],
  [/NAVER/, "Naver"],
  [/Whale\//, "Whale"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/Edg(?:A|iOS)?\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrome\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];

/** Names a browser well enough that its owner knows it again in a list: `Chrome · Windows`. */
export function describeDevice(userAgent: string): string {
  const find = (list: typeof systems) => list.find(([sign]) => sign.test(userAgent))?.[1];
  return [find(browsers), find(systems)].filter(Boolean).join(" · ");
}
