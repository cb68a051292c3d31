import { expect, setDefaultTimeout } from "bun:test";
import { eventually, requires } from "@maru/testkit";
import { expectAccessible } from "./stage/axe.ts";
import type { Look } from "./stage/browser.ts";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(60_000);
const chromium = requires("chromium");

chromium.describe("the archive", () => {
  const stage = Stage.use();

  const looks: Partial<Look>[] = [{}, { locale: "en", theme: "dark", device: "phone" }];
  for (const look of looks) {
    chromium.test(
      `news of what was put aside stands above the list until it is read or back (${look.device ?? "desktop"})`,
      stage.walk(async () => {
        const [a, b] = await stage.pair(look);
        const { page, words, roomId } = a;
        const program = await a.program();
        await program.rooms.update(roomId, { archived: true });
        await page.goto(`${a.url}/rooms`);
        const archive = words.rooms.archive;
        const news = page.getByRole("link", { name: archive.news });
        await page.getByText(words.rooms.empty.title).waitFor();
        expect(await news.count()).toBe(0);

        await b.says("보관해도 말해요");
        await b.says("하나 더요");
        await news.filter({ has: a.unreadBadge(2) }).waitFor();
        // The count of the page is of what stands in the list.
        expect(await page.title()).not.toContain("2");
        await a.picture("archive-news");
        await expectAccessible(page, "archive news");

        // Also on a page that is opened only now, by keyboard, and away with what was read there.
        await page.reload();
        await a.tabsTo(news);
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { name: archive.page }).waitFor();
        await page
          .getByRole("navigation", { name: archive.page })
          .getByRole("link")
          .filter({ has: a.unreadBadge(2) })
          .click();
        await a.sees("하나 더요");
        await eventually("it was read", () => program.rooms.list.getSnapshot().archivedNews.unreadCount === 0);
        if (look.device === "phone") await page.getByRole("link", { name: words.room.back }).click();
        await page.getByRole("link", { name: archive.back }).click();
        await page.getByText(words.rooms.empty.title).waitFor();
        await news.waitFor({ state: "detached" });

        await b.says("다시 왔어요");
        await news.filter({ has: a.unreadBadge(1) }).waitFor();
        await program.rooms.update(roomId, { archived: false });
        await news.waitFor({ state: "detached" });
        await program.rooms.update(roomId, { archived: true, muted: true });
        await page.getByText(words.rooms.empty.title).waitFor();
        expect(await news.count()).toBe(0);
      }),
    );
  }
});
