import { expect, setDefaultTimeout } from "bun:test";
import { eventually, requires } from "@maru/testkit";
import type { Person } from "./stage/person.ts";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(60_000);
const chromium = requires("chromium");

/** Gives the window the focus or takes it, as far as the page can tell. */
function focuses({ page }: Person, hasFocus: boolean): Promise<void> {
  return page.evaluate((has) => {
    document.hasFocus = () => has;
    window.dispatchEvent(new Event(has ? "focus" : "blur"));
  }, hasFocus);
}

chromium.describe("a room that is marked as unread on another device", () => {
  const stage = Stage.use();

  chromium.test(
    "keeps its mark when a window with it merely gets the focus, and loses it to who reads on or opens it",
    stage.walk(async () => {
      const [a, b] = await stage.pair();
      const { page, words, roomId } = a;
      const phone = await a.program();
      const mark = page.getByRole("navigation", { name: words.rooms.list }).getByLabel(words.rooms.markedUnread);
      const setMark = async () => {
        await phone.rooms.update(roomId, { markedUnread: true });
        await mark.waitFor();
      };
      const isMarkedOnPhone = () =>
        phone.rooms.list.getSnapshot().rooms.find(({ id }) => id === roomId)?.markedUnread === true;
      const isDrawn = () =>
        page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
      const readOnPhone = async (seq: number) => {
        await phone.rooms.update(roomId, {});
        phone.rooms.markRead(roomId, seq);
        await a.unreadBadge(1).first().waitFor({ state: "detached" });
      };

      // The window is behind another one while it comes and is read on the phone.
      await focuses(a, false);
      await b.says("뒤에서 온 말");
      await a.sees("뒤에서 온 말");
      await a.unreadBadge(1).first().waitFor();
      await readOnPhone(2);
      await setMark();
      await focuses(a, true);
      await isDrawn();
      expect(await mark.count()).toBe(1);

      await page.reload();
      await a.isInRoom();
      await eventually("the phone hears that it was opened", () => !isMarkedOnPhone());
      await mark.waitFor({ state: "detached" });

      // With the focus all the time.
      await setMark();
      await focuses(a, false);
      await focuses(a, true);
      await isDrawn();
      expect(await mark.count()).toBe(1);
      await b.says("읽을 말");
      await a.sees("읽을 말");
      await mark.waitFor({ state: "detached" });
    }),
  );
});
