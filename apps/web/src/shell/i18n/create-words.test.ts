import { expect, test } from "bun:test";
import "../../fixtures/dom.fixture.ts";

const { chooseLocale, createWords } = await import("./index.ts");

const words = createWords<{ title: string }>({
  ko: async () => ({ title: "대화" }),
  en: async () => ({ title: "Chats" }),
});

test("a text is said once its words are here, and follows the language; what a part has not every screen has", async () => {
  const [title, back] = [words.text("title"), words.text("common.back")];
  expect(title).toThrow("before they are here");
  expect(await words.alongside(Promise.resolve("the part"))).toBe("the part");
  expect([title(), back()]).toEqual(["대화", "뒤로"]);
  await chooseLocale("en");
  expect([title(), back()]).toEqual(["Chats", "Back"]);
  await chooseLocale("ko");
});

test("words that cannot be fetched fail with the part, and are fetched again with it", async () => {
  let count = 0;
  const late = createWords<{ title: string }>({
    ko: async () => {
      if (++count === 1) throw new TypeError("Failed to fetch dynamically imported module");
      return { title: "늦게" };
    },
    en: async () => ({ title: "late" }),
  });
  await expect(late.alongside(Promise.resolve(1))).rejects.toThrow("Failed to fetch");
  expect(await late.alongside(Promise.resolve(2))).toBe(2);
  expect(late.text("title")()).toBe("늦게");
});
