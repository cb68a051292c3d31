import { expect, setDefaultTimeout } from "bun:test";
import { requires } from "@maru/testkit";
import { expectAccessible } from "./stage/axe.ts";
import { ImeKeyboard } from "./stage/ime-keyboard.ts";
import type { Person } from "./stage/person.ts";
import { Stage } from "./stage/stage.ts";
import { en, ko } from "./stage/words.ts";

setDefaultTimeout(120_000);
const chromium = requires("chromium");

chromium.describe("finding everything, and the keys", () => {
  const stage = Stage.use();

  async function opensFinder(person: Person) {
    const words = person.look.locale === "ko" ? ko : en;
    await person.page.keyboard.press("Control+k");
    const field = person.page.getByRole("combobox", { name: words.find.label });
    await field.waitFor();
    return field;
  }

  chromium.test(
    "initials and syllables on their way find a conversation, and Enter goes there",
    stage.walk(async () => {
      const [a, b] = await stage.pair();
      const { page, url, roomId } = a;
      await b.says("안녕하세요");
      await a.sees("안녕하세요");
      await page.goto(url);
      await a.button(a.words.match.start, false).waitFor();
      const option = page.getByRole("option", { selected: true });
      const field = await opensFinder(a);
      for (const query of ["ㄱㄹ", "가ㄹ", "갈", "가람"]) {
        await field.fill(query);
        expect(await option.textContent()).toContain(b.credentials.nickname);
      }
      await a.picture("finder");
      await field.fill("");
      // While it is being composed, as a keyboard of two sets does.
      const keyboard = await ImeKeyboard.of(page);
      await keyboard.composes("ㄱ", "가", "갈");
      expect(await option.textContent()).toContain(b.credentials.nickname);
      await keyboard.pressesEnterWhileComposing("갈");
      await page.waitForURL(`**/rooms/${roomId}`);
    }),
  );

  chromium.test(
    "pages, actions and people are found too, by key alone",
    stage.walk(async () => {
      const person = await stage.person();
      const other = await stage.stranger("하늘");
      const { page, words } = person;
      const option = page.getByRole("option", { selected: true });
      const goes = async (query: string, label: string) => {
        const field = await opensFinder(person);
        await field.fill(query);
        const wanted = page.getByRole("option", { name: label });
        await wanted.waitFor();
        while ((await option.textContent()) !== label) await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        await field.waitFor({ state: "detached" });
      };
      await goes("패스키", ko.security.page);
      await page.waitForURL("**/settings/security");
      await goes("ㅌㅌ", ko.leave.page);
      await page.waitForURL("**/settings/leave");
      await goes("보관", words.rooms.archive.page);
      await page.waitForURL("**/rooms?archived=true");
      await goes("ㅇㄷㄱ", ko.settings.chooseTheme.replace("{{name}}", words.settings.theme.dark));
      expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
      await goes(other.credentials.nickname, ko.rooms.talkTo.replace("{{nickname}}", other.credentials.nickname));
      await person.isInRoom();
      await goes("매칭", words.match.start);
      await page.getByText(words.match.waiting.title).waitFor();
      await goes("그만", words.match.waiting.cancel);
      await person.button(words.match.start, false).waitFor();
      await goes("English", ko.settings.chooseLanguage.replace("{{name}}", words.language.en));
      await page.waitForFunction(() => document.documentElement.lang === "en");
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox", { name: en.find.label }).fill("log out");
      await page.keyboard.press("Enter");
      await page.getByRole("link", { name: "Log in" }).first().waitFor();
    }),
  );

  for (const [locale, theme, device] of [
    ["ko", "light", "phone"],
    ["en", "dark", "desktop"],
    ["en", "light", "phone"],
    ["ko", "dark", "desktop"],
  ] as const) {
    chromium.test(
      `are looked at and pass axe: ${locale}, ${theme}, ${device}`,
      stage.walk(async () => {
        const [a, b] = await stage.pair({ locale, theme, device });
        const { page, words, url } = a;
        const texts = locale === "ko" ? ko : en;
        await b.says("안녕하세요");
        await a.sees("안녕하세요");
        await page.goto(`${url}/rooms`);
        // There is a place to press for whoever knows no keys.
        await page.getByRole("button", { name: words.rooms.find, exact: true }).click();
        const field = page.getByRole("combobox", { name: texts.find.label });
        await field.waitFor();
        await page.getByRole("option", { name: b.credentials.nickname }).waitFor();
        await expectAccessible(page, "finder");
        await a.picture("finder-begun");
        await field.fill("z".repeat(40));
        await page.getByText(texts.find.empty).waitFor();
        await a.picture("finder-empty");
        await page.keyboard.press("Escape");
        await field.waitFor({ state: "detached" });
        await page.keyboard.press("?");
        await page.getByRole("dialog", { name: texts.keys.title }).waitFor();
        await expectAccessible(page, "keys");
        await a.picture("keys");
        await page.keyboard.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "detached" });
        // In a field a question mark is a question mark.
        await page.goto(`${url}/rooms/${b.roomId}`);
        await a.isInRoom();
        await a.composer.focus();
        await page.keyboard.type("왜?");
        expect(await a.composer.inputValue()).toBe("왜?");
        expect(await page.getByRole("dialog").count()).toBe(0);
      }),
    );
  }
});
