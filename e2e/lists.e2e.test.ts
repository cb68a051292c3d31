import { expect, setDefaultTimeout } from "bun:test";
import { requires } from "@maru/testkit";
import type { Locator, Page } from "playwright-core";
import { expectAccessible } from "./stage/axe.ts";
import { Finger } from "./stage/finger.ts";
import type { Person } from "./stage/person.ts";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(120_000);
const chromium = requires("chromium");

/** Everything in here that the Tab key would stop at. */
function tabStops(list: Locator): Promise<string[]> {
  return list.evaluate((root) =>
    [root, ...root.querySelectorAll<HTMLElement>("a[href], button, input, textarea, [tabindex]")]
      .filter((element) => element instanceof HTMLElement && element.tabIndex >= 0 && !element.matches(":disabled"))
      .filter((element) => element !== root || element.hasAttribute("tabindex"))
      .map((element) => element.outerHTML.slice(0, 80)),
  );
}

/** What has the focus: the text of the message or row. */
function focusedText(page: Page): Promise<string> {
  return page.evaluate(() => (document.activeElement as HTMLElement | null)?.textContent ?? "");
}

async function expectFocusOn(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => (document.activeElement as HTMLElement | null)?.textContent.includes(wanted),
    text,
  );
}

chromium.describe("lists by keyboard", () => {
  const stage = Stage.use();

  chromium.test(
    "a room of seventy messages is one stop of the Tab key, and every message can be reached and used",
    stage.walk(async () => {
      const [a, b] = await stage.pair();
      const { page, words } = a;
      const program = await b.program();
      for (let line = 1; line <= 69; line++) program.rooms.send(b.roomId, `${line}. 말, www.example.com/${line}`);
      await a.sees("69. 말, www.example.com/69");
      await a.says("끝 말");
      await a.composer.focus();
      expect(await tabStops(a.talk)).toHaveLength(1);

      await page.keyboard.press("Shift+Tab");
      expect(await focusedText(page)).toContain("끝 말");
      await page.keyboard.press("Shift+Tab");
      expect(await a.talk.evaluate((list) => list.contains(document.activeElement))).toBe(false);
      await page.keyboard.press("Tab");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowUp");
      expect(await focusedText(page)).toContain("68. 말");
      await page.keyboard.press("ArrowDown");
      expect(await focusedText(page)).toContain("69. 말");
      await a.picture("message-focus");

      await page.keyboard.press("Home");
      await expectFocusOn(page, "1. 말");
      expect(await page.evaluate(() => document.activeElement?.getBoundingClientRect().top ?? -1)).toBeGreaterThan(0);
      await page.keyboard.press("PageDown");
      await expectFocusOn(page, "11. 말");
      // What comes meanwhile, and a list that is scrolled away, leave the focus where it is.
      await b.says("무슨 일이에요?");
      await a.button(words.room.jumpNew_one.replace("{{count}}", "1")).waitFor();
      await a.talk.hover();
      await page.mouse.wheel(0, 5_000);
      await a.talk.getByText("무슨 일이에요?").waitFor();
      expect(await focusedText(page)).toContain("11. 말");
      await page.keyboard.press("ArrowDown");
      await expectFocusOn(page, "12. 말");
      await page.keyboard.press("End");
      await expectFocusOn(page, "무슨 일이에요?");
      expect(await tabStops(a.talk)).toHaveLength(1);

      // Escape: out of the actions to the message, and from there to where one writes.
      await page.keyboard.press("Enter");
      await page.getByRole("menuitem", { name: words.room.copy }).waitFor();
      await page.keyboard.press("Escape");
      await expectFocusOn(page, "무슨 일이에요?");
      await page.keyboard.press("Escape");
      expect(await a.composer.evaluate((field) => field === document.activeElement)).toBe(true);
    }),
  );

  chromium.test(
    "a message is changed and deleted by key, and the focus ends where one goes on",
    stage.walk(async () => {
      const [a, b] = await stage.pair();
      const { page, words } = a;
      await a.says("하나");
      await a.says("둘");
      await b.sees("둘");
      await a.composer.focus();
      await page.keyboard.press("Shift+Tab");
      for (const key of ["Enter", "Shift+F10", "ContextMenu"]) {
        await page.keyboard.press(key);
        await page.getByRole("menu").waitFor();
        expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(words.room.copy);
        await page.keyboard.press("Escape");
        await page.getByRole("menu").waitFor({ state: "detached" });
        await expectFocusOn(page, "둘");
      }
      await page.keyboard.press("Enter");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      const field = page.getByRole("textbox", { name: words.room.editing.label });
      await page.waitForFunction((label) => document.activeElement?.ariaLabel === label, words.room.editing.label);
      await field.fill("둘 반");
      await page.keyboard.press("Enter");
      await b.sees("둘 반");
      await a.composer.focus();
      await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("Enter");
      await page.keyboard.press("End");
      await page.keyboard.press("Enter");
      await page.getByRole("alertdialog").waitFor();
      await a.answers(words.room.deleteAsk.yes);
      await b.sees(words.room.deleted);
      await expectFocusOn(page, words.room.deleted);
    }),
  );

  chromium.test(
    "the pointer asks a message and a row by its right button",
    stage.walk(async () => {
      const [a, b] = await stage.pair();
      const { page, words } = a;
      await b.says("오른쪽");
      await a.sees("오른쪽");
      await a.messages("오른쪽").click({ button: "right" });
      await page.getByRole("menuitem", { name: words.room.copy }).waitFor();
      await a.picture("message-context-menu");
      await page.keyboard.press("Escape");
      await page.getByRole("menu").waitFor({ state: "detached" });
      const row = page.getByRole("navigation", { name: words.rooms.list }).getByRole("link").first();
      await row.click({ button: "right" });
      await page.getByRole("menuitem", { name: words.rooms.pin }).click();
      await row.getByRole("img", { name: words.rooms.pinned }).waitFor();
    }),
  );

  chromium.test(
    "the list of rooms is one stop too: arrows, Home, End, letters, Enter, and the menu of a row",
    stage.walk(async () => {
      const person = await stage.person();
      const { page, words } = person;
      for (const name of ["가람", "나래", "다솜", "라온"]) {
        const other = await stage.stranger(name);
        const { rooms } = await other.program();
        const { id } = await rooms.openDirect(person.credentials.nickname);
        rooms.send(id, "안녕하세요");
      }
      const list = page.getByRole("navigation", { name: words.rooms.list });
      await list.getByRole("link").nth(3).waitFor();
      await list.getByText("라온").waitFor();
      expect(await tabStops(list)).toHaveLength(1);
      await person.tabsTo(list.getByRole("link").first());
      await page.keyboard.press("ArrowDown");
      await expectFocusOn(page, "다솜");
      await page.keyboard.press("End");
      await expectFocusOn(page, "가람");
      await page.keyboard.press("Home");
      await expectFocusOn(page, "라온");
      // Letters: as a keyboard tells them that is set to Korean, and as one does whose letters are Latin here.
      await page.waitForLoadState("networkidle");
      await page.keyboard.press("s");
      await expectFocusOn(page, "나래");
      await person.picture("room-focus");
      await expectAccessible(page, "a row of the list focused");
      await page.keyboard.press("Shift+F10");
      await page.getByRole("menu").waitFor();
      await page.keyboard.press("Enter");
      await list.getByRole("img", { name: words.rooms.pinned }).waitFor();
      await expectFocusOn(page, "나래");
      await page.keyboard.press("Enter");
      await person.isInRoom();
      expect(await tabStops(list)).toHaveLength(1);
    }),
  );

  chromium.test(
    "what is archived from its row leaves the focus with its neighbour",
    stage.walk(async () => {
      const person = await stage.person();
      const { page, words } = person;
      for (const name of ["가람", "나래", "다솜"]) {
        const other = await stage.stranger(name);
        const { rooms } = await other.program();
        const { id } = await rooms.openDirect(person.credentials.nickname);
        rooms.send(id, "안녕하세요");
      }
      const list = page.getByRole("navigation", { name: words.rooms.list });
      await list.getByText("다솜").waitFor();
      await list.getByRole("link").nth(2).waitFor();
      await person.tabsTo(list.getByRole("link").first());
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ContextMenu");
      await page.getByRole("menuitem", { name: words.rooms.toArchive }).waitFor();
      await page.keyboard.press("End");
      await page.keyboard.press("Enter");
      await list.getByText("나래").waitFor({ state: "detached" });
      await expectFocusOn(page, "가람");
    }),
  );
});

chromium.describe("a finger that rests", () => {
  const stage = Stage.use();

  async function lowMessage(a: Person, b: Person): Promise<Locator> {
    const program = await b.program();
    for (let line = 1; line <= 20; line++) program.rooms.send(b.roomId, `${line}. 이야기`);
    await a.sees("20. 이야기");
    await a.says("낮은 곳의 말 https://example.com/");
    await b.sees("낮은 곳의 말 https://example.com/");
    const message = a.bubble("낮은 곳의 말").locator("[data-holdable]");
    return message;
  }

  chromium.test(
    "lifting the finger chooses nothing, wherever it lies, and a new press does",
    stage.walk(async () => {
      const [a, b] = await stage.pair({ device: "phone" });
      const { page, words } = a;
      const message = await lowMessage(a, b);
      const finger = await Finger.of(page);
      const sheet = page.getByRole("dialog");
      const isUnder = (at: { x: number; y: number }) =>
        page.evaluate(({ x, y }) => document.elementFromPoint(x, y)?.closest("[role=dialog] button") !== null, at);

      const at = await finger.presses(message);
      await sheet.getByRole("button", { name: words.room.delete }).waitFor();
      await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== "running"));
      // The fault that is tried: a choice came to lie under the finger.
      expect(await isUnder(at)).toBe(true);
      await finger.lifts();
      await page.waitForFunction(() => new Promise((resolve) => requestAnimationFrame(() => resolve(true))));
      await sheet.getByRole("button", { name: words.room.delete }).waitFor();
      await a.picture("hold-lifted");
      expect(await page.getByRole("alertdialog").count()).toBe(0);
      expect(await page.getByText(words.room.copied).count()).toBe(0);
      expect(a.context.pages()).toHaveLength(1);

      await sheet.getByRole("button", { name: words.room.edit }).tap();
      await page.getByRole("textbox", { name: words.room.editing.label }).waitFor();
    }),
  );

  chromium.test(
    "a row of the list is held as a message is, and opens nothing when the finger is lifted",
    stage.walk(async () => {
      const [a, b] = await stage.pair({ device: "phone" });
      const { page, words } = a;
      await b.says("안녕하세요");
      await a.sees("안녕하세요");
      await page.getByRole("link", { name: words.room.back }).tap();
      const row = page.getByRole("navigation", { name: words.rooms.list }).getByRole("link").first();
      await row.waitFor();
      const finger = await Finger.of(page);
      await finger.presses(row);
      const sheet = page.getByRole("dialog");
      await sheet.getByRole("button", { name: words.rooms.pin }).waitFor();
      await finger.lifts();
      await page.waitForFunction(() => new Promise((resolve) => requestAnimationFrame(() => resolve(true))));
      expect(new URL(page.url()).pathname).toBe("/rooms");
      await a.picture("row-sheet");
      await expectAccessible(page, "the sheet of a row");
      // The sheet is one stop as well.
      expect(await tabStops(sheet.locator("div:has(> [data-item])"))).toHaveLength(1);
      await page.keyboard.press("Tab");
      await page.keyboard.press("ArrowDown");
      expect(await focusedText(page)).toBe(words.rooms.mute);
      await sheet.getByRole("button", { name: words.rooms.pin }).tap();
      await row.getByRole("img", { name: words.rooms.pinned }).waitFor();
    }),
  );
});
