import { describe, expect, test } from "bun:test";
import { readProviders } from "./provider-settings.ts";

describe("the operator's providers", () => {
  const none = {
    googleClientId: "",
    googleClientSecret: null,
    kakaoClientId: "",
    kakaoClientSecret: null,
    providers: null,
  };
  const further = { id: "work", name: "Work", issuer: "https://id.work.example", clientId: "a", clientSecret: "b" };

  test("are Google and Kakao by their ids, and any further one", () => {
    const google = { googleClientId: "g", googleClientSecret: "s", kakaoClientId: "k", kakaoClientSecret: "t" };
    const found = readProviders({ ...google, providers: JSON.stringify([further]) });
    expect(found.map(({ id, issuer, scope }) => [id, issuer, scope])).toEqual([
      ["google", "https://accounts.google.com", "openid email profile"],
      ["kakao", "https://kauth.kakao.com", "openid account_email profile_nickname"],
      ["work", "https://id.work.example", "openid email profile"],
    ]);
    expect(readProviders(none)).toEqual([]);
    const spelled = readProviders({ ...none, providers: JSON.stringify([{ ...further, name: " 우리  회사 " }]) });
    expect(spelled[0]?.name).toBe("우리 회사");
  });

  test.each([
    [{ googleClientId: "g" }, "no client secret"],
    [{ providers: "{" }, "is not JSON"],
    [{ providers: JSON.stringify([{ ...further, issuer: "ftp://x" }]) }, "0.issuer"],
    [{ providers: JSON.stringify([{ ...further, secret: "x" }]) }, "is not right"],
    [{ providers: JSON.stringify([further, further]) }, "have the id work"],
    ...["", "가".repeat(41), "Goo\u034Fgle", "\u202Eelgoog", "Google\uFE0F", "구글\u0301", "q\u0307\u0323\u0308"].map(
      (name) => [{ providers: JSON.stringify([{ ...further, name }]) }, "0.name"] as const,
    ),
  ])("that cannot be used are said in words: %p", (change, words) => {
    expect(() => readProviders({ ...none, ...change })).toThrow(words);
  });
});
