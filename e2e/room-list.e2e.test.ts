import { expect, setDefaultTimeout } from "bun:test";
import { requires } from "@maru/testkit";
import { expectAccessible } from "./stage/axe.ts";
import { bringNeighbours } from "./stage/neighbours.ts";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(60_000);
const chromium = requires("chromium");

chromium.describe("the list of conversations", () => {
  const stage = Stage.use();

  chromium.test(
    "narrows to what is unread, by key and by address, and reads it all at once",
    stage.walk(async () => {
      const person = await stage.person();
      const { page, words } = person;
      const [first] = await bringNeighbours(stage, person);
      const { rooms } = await person.program();
      const { lastSeq } = await rooms.update(first ?? "", { pinned: true });
      rooms.markRead(first ?? "", lastSeq);
      await page.goto(`${person.url}/rooms`);
      await page.getByRole("heading", { name: words.rooms.section.pinned }).waitFor();
      const list = page.getByRole("navigation", { name: words.rooms.list, exact: true });
      const chip = (name: string) => page.getByRole("link", { name, exact: true });
      const rows = () => list.getByRole("link").count();
      const all = await rows();
      const icon = () => page.evaluate(() => document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.href ?? "");
      expect([await page.title(), decodeURIComponent(await icon())]).toEqual([
        expect.stringMatching(/^\(4\) /),
        expect.stringContaining(">4</text>"),
      ]);
      await person.picture("room-list");

      await chip(words.rooms.filter.all).focus();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
      await page.waitForURL(/\?filter=unread$/);
      await page.reload();
      await chip(words.rooms.filter.unread).and(page.locator("[aria-current=page]")).waitFor();
      await list.getByRole("link").first().waitFor();
      const unread = await rows();
      expect([unread > 1, unread < all]).toEqual([true, true]);

      // What is opened from here stays where it is while it is open, and the address keeps the filter.
      const opened = await list.getByRole("link").first().getAttribute("data-item");
      await list.getByRole("link").first().click();
      await person.isInRoom();
      expect(new URL(page.url()).search).toBe("?filter=unread");
      await list.locator(`[data-item=${opened}]`).and(page.locator("[aria-current=page]")).waitFor();

      await page.goto(`${person.url}/rooms?filter=unread`);
      await person.button(words.rooms.markAllRead).click();
      await page.getByText(words.rooms.filter.emptyUnread.title).waitFor();
      await page.waitForFunction(() => !document.title.startsWith("("));
      expect(await icon()).toBe(`${person.url}/icon.svg`);
      await person.picture("room-list-read");
      await expectAccessible(page, "the list, all read", "all");
      await chip(words.rooms.filter.showAll).click();
      await page.waitForURL(`${person.url}/rooms`);
    }),
  );
});
