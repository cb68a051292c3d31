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
  });

  test.each([
    [{ googleClientId: "g" }, "no client secret"],
    [{ providers: "{" }, "is not JSON"],
    [{ providers: JSON.stringify([{ ...further, issuer: "ftp://x" }]) }, "0.issuer"],
    [{ providers: JSON.stringify([{ ...further, secret: "x" }]) }, "is not right"],
    [{ providers: JSON.stringify([further, further]) }, "have the id work"],
  ])("that cannot be used are said in words: %p", (change, words) => {
    expect(() => readProviders({ ...none, ...change })).toThrow(words);
  });
});
