import { expect, setDefaultTimeout } from "bun:test";
import { requires } from "@maru/testkit";
import type { Locator, Page } from "playwright-core";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(60_000);
const chromium = requires("chromium");

/** A window as the page sees it: `text` is the size that the reader asked for, in percent. */
const windows = [
  { name: "a desktop at 200 %", width: 720, height: 450, text: 100 },
  { name: "a desktop with text at 200 %", width: 1_440, height: 900, text: 200 },
  { name: "the smallest screen", width: 320, height: 400, text: 100 },
  { name: "the narrowest screen", width: 320, height: 640, text: 100 },
] as const;

async function look(page: Page, { width, height, text }: (typeof windows)[number]): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.evaluate((percent) => {
    document.documentElement.style.fontSize = percent === 100 ? "" : `${percent}%`;
  }, text);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** The whole of it is on the screen, and nothing lies over its middle. */
async function expectInSight(page: Page, target: Locator): Promise<void> {
  const box = await target.boundingBox();
  const { width = 0, height = 0 } = page.viewportSize() ?? {};
  expect(box).not.toBeNull();
  if (!box) return;
  expect(box.x).toBeGreaterThanOrEqual(0);
  expect(box.y).toBeGreaterThanOrEqual(0);
  expect(box.x + box.width).toBeLessThanOrEqual(width + 1);
  expect(box.y + box.height).toBeLessThanOrEqual(height + 1);
  const isOnTop = await target.evaluate((element) => {
    const { left, top, width: wide, height: high } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(left + wide / 2, top + high / 2));
  });
  expect(isOnTop).toBe(true);
}

chromium.describe("enlarged, and on the smallest screens", () => {
  const stage = Stage.use();

  chromium.test(
    "the one thing to do is in sight: on the first page, when the age is asked, at home and while one waits",
    stage.walk(async () => {
      const visitor = await stage.visitor();
      const person = await stage.person();
      for (const window of windows) {
        const tag = `${window.width}x${window.height}-${window.text}`;
        const { page, words } = visitor;
        await page.goto(visitor.url);
        const start = page.getByRole("link", { name: words.landing.start }).first();
        await start.waitFor();
        await look(page, window);
        await expectInSight(page, start);
        await visitor.picture(`zoomed-landing-${tag}`);
        await start.click();
        await visitor.button(words.auth.signUp.age.yes).waitFor();
        await look(page, window);
        await expectInSight(page, visitor.button(words.auth.signUp.age.yes));
        await visitor.picture(`zoomed-age-${tag}`);

        await person.goesHome();
        await look(person.page, window);
        const match = person.button(words.match.start, false);
        await expectInSight(person.page, match);
        await person.picture(`zoomed-home-${tag}`);
        await match.click();
        const cancel = person.button(words.match.waiting.cancel);
        await cancel.waitFor();
        await expectInSight(person.page, cancel);
        await person.picture(`zoomed-waiting-${tag}`);
        await cancel.click();
        await match.waitFor();
      }
    }),
  );

  chromium.test(
    "rail and list leave the conversation more than half of the width, whatever the size of the text",
    stage.walk(async () => {
      const [a] = await stage.pair();
      await look(a.page, windows[1]);
      const main = await a.page.getByRole("main").boundingBox();
      expect(main?.width ?? 0).toBeGreaterThan(1_440 / 2);
      await a.picture("zoomed-room-text-200");
    }),
  );

  chromium.test(
    "every theme can be read and chosen at 320 px",
    stage.walk(async () => {
      const person = await stage.person();
      const { page, words } = person;
      for (const locale of ["ko", "en"] as const) {
        await page.goto(`${person.url}/settings`);
        await page.setViewportSize({ width: 320, height: 640 });
        const group = page.getByRole("radiogroup").first();
        await group.scrollIntoViewIfNeeded();
        for (const radio of await group.getByRole("radio").all()) {
          await expectInSight(page, radio);
          expect((await radio.boundingBox())?.y).toBe((await group.getByRole("radio").first().boundingBox())?.y);
          expect(await radio.evaluate((element) => element.scrollWidth <= element.clientWidth + 1)).toBe(true);
        }
        await person.picture(`narrow-theme-${locale}`);
        if (locale === "ko") await page.getByRole("radio", { name: words.language.en }).click();
        await page.waitForFunction(() => document.documentElement.lang === "en");
      }
    }),
  );
});
